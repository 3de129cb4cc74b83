// Runs the examples of the bus's README as one program.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startNats, type NatsProcess } from '../support/nats-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const run = promisify(execFile);
const README = readFileSync(resolve('libs/bus/README.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...README.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block);

const lines = (text: string): string[] => text.trim().split('\n').toSorted();

test('the examples of the bus’s README print the documented output', async () => {
  let nats: NatsProcess | undefined;
  let database: TestDatabase | undefined;
  // Below node_modules, so that packages resolve by their names.
  const directory = resolve('node_modules/.cache/mono', `bus-readme-${process.pid}`);
  try {
    nats = await startNats();
    database = await createTestDatabase();
    await mkdir(directory, { recursive: true });
    const file = join(directory, 'example.ts');
    await writeFile(file, `import 'reflect-metadata';\n${blocks('ts').join('\n')}`);
    const loader = resolve('setup/source-loader.mjs');
    const { stdout } = await run(process.execPath, ['--import', loader, file], {
      env: { PATH: process.env['PATH'], NATS_URL: nats.url, DATABASE_URL: database.url },
      timeout: 300_000,
    });
    // The two handlers of an event run in any order.
    expect(lines(stdout)).toEqual(lines(blocks('text').join('')));
  } finally {
    await nats?.stop();
    await database?.drop();
    await rm(directory, { recursive: true, force: true });
  }
});
