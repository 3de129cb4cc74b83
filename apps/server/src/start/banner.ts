// What a person needs to know when the node listens.
import type { RunningNode } from './node.js';

export function banner({ url, natsUrl, firstKey }: RunningNode): string {
  const lines = [`Mono serves at  ${url}`, `Documentation   ${url}/docs`, `NATS            ${natsUrl}`];
  if (firstKey.shown !== undefined)
    lines.push('', `API key         ${firstKey.shown}`, '                (shown this once: keep it)');
  return `\n${lines.join('\n')}\n\n`;
}
