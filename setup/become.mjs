// Runs a program in the place of this process: the same terminal, signals, and exit code.
import { spawn } from 'node:child_process';
import { CHECKOUT, pinnedEnvironment } from './checkout.mjs';

/**
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string; channel?: boolean }} [options] channel: the program hears when this process is gone, even by kill -9
 */
export function become(program, args, { cwd = CHECKOUT, channel = false } = {}) {
  /** @type {import('node:child_process').StdioOptions} */
  const stdio = channel ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit';
  const child = spawn(program, args, { cwd, stdio, env: pinnedEnvironment() });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      // From a terminal the child has Ctrl-C already; a second one would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
}
