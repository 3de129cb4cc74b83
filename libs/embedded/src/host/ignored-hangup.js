// Plain JavaScript on Node's own modules, because the set-up uses it before anything is built.
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

/** Whether this process was started to ignore SIGHUP, as by `nohup`. A handler of our own would undo that. */
export function isHangupIgnored() {
  try {
    const [, mask = '0'] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return ((BigInt(`0x${mask}`) >> BigInt(constants.signals.SIGHUP - 1)) & 1n) === 1n;
  } catch {
    return false;
  }
}
