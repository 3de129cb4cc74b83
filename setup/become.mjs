// Runs a program in the place of this process: the same terminal, signals, and exit code.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isHangupIgnored } from '../libs/embedded/src/host/ignored-hangup.js';
import { CHECKOUT, pinnedEnvironment } from './checkout.mjs';

/** @type {NodeJS.Signals[]} */
export const STOP_SIGNALS = isHangupIgnored() ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];
const PARENT_CHECK_MS = 1_000;

/**
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string; channel?: boolean }} [options] channel: the program is asked to stop by an IPC message, and learns
 *   from the closed channel when this process is gone, even by kill -9
 */
export function become(program, args, { cwd = CHECKOUT, channel = false } = {}) {
  /** @type {import('node:child_process').StdioOptions} */
  const stdio = channel ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit';
  const child = spawn(program, args, { cwd, stdio, env: pinnedEnvironment() });
  const forward = (/** @type {NodeJS.Signals} */ signal) => {
    // A terminal or supervisor that signals the whole group has reached the program already. A message cannot be mistaken for
    // a second signal.
    if (!channel) child.kill(signal);
    else if (child.connected) child.send({ stop: signal }, () => undefined);
  };
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (channel || signal !== 'SIGINT' || !process.stdin.isTTY) forward(signal);
    });
  }
  if (channel) whenNpmDies(() => forward('SIGTERM'));
  child.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
}

/** npm killed by kill -9 forwards nothing: its program is reparented. */
export function whenNpmDies(/** @type {() => void} */ stop) {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(timer);
    stop();
  }, PARENT_CHECK_MS);
  timer.unref();
}
