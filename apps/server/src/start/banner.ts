// The lines on the terminal when the node listens.
import type { RunningNode } from './run-node.js';

/** @param isTerminal whether a person reads it: anything else may be kept, and then no key belongs in it. */
export function banner({ url, natsUrl, firstKey }: RunningNode, isTerminal: boolean): string {
  const lines = [`Mono serves at  ${url}`, `Documentation   ${url}/docs`, `NATS            ${natsUrl}`];
  if (firstKey.shown !== undefined) lines.push('', ...linesOf(firstKey.shown, firstKey.file, isTerminal));
  return `\n${lines.join('\n')}\n\n`;
}

function linesOf(key: string, file: string, isTerminal: boolean): string[] {
  if (isTerminal) return [`API key         ${key}`, '                (shown only once: store it)'];
  return [
    `API key         in the file ${file}`,
    '                Read it, then delete the file. Create further keys with: npx mono apikey create',
  ];
}
