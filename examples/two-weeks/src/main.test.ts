// The story as a new workspace lives it, and what is said when it cannot begin.
import { resolve } from 'node:path';
import { startChild } from '../../../test/support/child.ts';
import { TOPOLOGIES } from '../../../test/support/installation.ts';
import { sharedInstallation } from '../../../test/support/shared-installation.ts';
import { until } from '../../../test/support/until.ts';

const MAIN = resolve(import.meta.dirname, 'main.ts');
const CHAPTERS = 12;

async function run(env: NodeJS.ProcessEnv): Promise<{ code: number | NodeJS.Signals | undefined; output: string }> {
  const child = startChild(process.execPath, [MAIN], { env });
  try {
    await until('the story has ended', () => child.ended() !== undefined, { limitMs: 540_000 });
    return { code: child.ended(), output: child.output() };
  } finally {
    await child.stop();
  }
}

test.each(TOPOLOGIES)('two weeks, %s', async (topology) => {
  const { server, key } = await sharedInstallation(topology);
  const { code, output } = await run({ MONO: server.url, KEY: key });
  expect([output, code]).toEqual([expect.stringContaining('Their tokens end at once.'), 0]);
  expect(output.match(/^\S.*:/gm)).toHaveLength(CHAPTERS);
});

test('without a key, it says which one it needs', async () => {
  expect(await run({})).toEqual({ code: 1, output: expect.stringContaining('KEY must be an API key') });
});
