// The process: configuration in, banner out, signals to an orderly end.
import 'reflect-metadata';
import { ConfigurationError, StartUpError } from '@mono/platform';
import { readConfiguration } from './configuration.js';
import { readEnvironment } from './environment-files.js';
import { banner } from './start/banner.js';
import { startNode, type RunningNode } from './start/node.js';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

let node: RunningNode | undefined;
let leaving = false;

function onSignal(): void {
  // The second signal means: at once.
  if (leaving) process.exit(130);
  leaving = true;
  if (node) leave(node);
  // Otherwise it leaves as soon as it has started: servers half started would be left behind.
}

function leave(running: RunningNode): void {
  running.leave().then(
    () => process.exit(0),
    (error: unknown) => {
      say(explain(error));
      process.exit(1);
    },
  );
}

function explain(error: unknown): string {
  if (error instanceof StartUpError) return `\n${error.message}\n${error.remedy}`;
  if (error instanceof ConfigurationError)
    return `\n${error.message}\nThe README's table tells what each setting means.`;
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOSPC')
    return '\nThe disk is full.\nFree some space and start again.';
  return `\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);
// Started by `npm start`: when that is killed, this is not to go on unseen.
process.on('disconnect', onSignal);
try {
  const { environment, faults } = readEnvironment(process.cwd());
  node = await startNode(readConfiguration(environment, faults), say);
  process.stdout.write(banner(node));
  node.firstKey.forget();
  if (leaving) leave(node);
} catch (error) {
  say(explain(error));
  process.exit(1);
}
