// The process: configuration in, banner out, signals to an orderly end.
import 'reflect-metadata';
import { constants } from 'node:os';
import { ConfigurationError, StartUpError } from '@mono/platform';
import { isHangupIgnored } from '@mono/embedded';
import { readConfiguration } from './configuration.js';
import { readEnvironment } from './environment-files.js';
import { banner } from './start/banner.js';
import { startNode } from './start/node.js';
import type { RunningNode } from './start/run-node.js';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

let node: RunningNode | undefined;
let leaving = false;
let keepServers = false;
let interrupts = 0;

/** Once is enough: supervisors signal a process and its group, and so the same request comes twice. */
function stop(): void {
  if (leaving) return;
  leaving = true;
  say('Stopping …');
  if (node) leave(node);
  // Otherwise it leaves as soon as it has started: servers half started would be left behind.
}

/** A person who presses Ctrl-C again means: at once. */
function interrupt(): void {
  interrupts += 1;
  if (interrupts > 1) process.exit(128 + constants.signals.SIGINT);
  stop();
}

function leave(running: RunningNode): void {
  running.leave({ keepServers }).then(
    () => process.exit(0),
    (error: unknown) => {
      say(explain(error));
      process.exit(1);
    },
  );
}

function explain(error: unknown): string {
  if (error instanceof StartUpError) return `\n${error.message}\n${error.remedy}`;
  if (error instanceof ConfigurationError) return `\n${error.message}\nSee docs/configuration.md for all settings.`;
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOSPC')
    return '\nThe disk is full.\nFree some space and start again.';
  return `\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

process.on('SIGINT', interrupt);
process.on('SIGTERM', stop);
if (!isHangupIgnored()) process.on('SIGHUP', stop);
// `npm start` forwards its signals as messages. When it is killed by kill -9, the channel closes.
process.on('message', (message) => {
  if (typeof message !== 'object' || message === null || !('stop' in message)) return;
  // `npm run dev` starts the next process at once: the embedded servers stay.
  keepServers = !leaving && 'keepServers' in message && message.keepServers === true;
  stop();
});
process.on('disconnect', stop);
try {
  const { environment, faults } = readEnvironment(process.cwd());
  node = await startNode(readConfiguration(environment, faults), say);
  const isTerminal = process.stdout.isTTY;
  process.stdout.write(banner(node, isTerminal));
  if (isTerminal) node.firstKey.forget();
  if (leaving) leave(node);
} catch (error) {
  say(explain(error));
  process.exit(1);
}
