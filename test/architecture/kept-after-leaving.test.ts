// The table of what is kept after someone leaves names every module that keeps tables, and a test for each row.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const LIBS = resolve(import.meta.dirname, '../../libs');

const cells = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

function rows(): string[][] {
  const readme = readFileSync(join(LIBS, 'auth/README.md'), 'utf8');
  const [, section = ''] = /## What is kept after someone leaves\n([\s\S]*?)\n## /.exec(readme) ?? [];
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map(cells);
}

test('every module that keeps tables is in it', () => {
  const modules = readdirSync(LIBS).filter((lib) => existsSync(join(LIBS, lib, 'src/persistence/migrations')));
  expect(rows().map(([module]) => module)).toEqual(expect.arrayContaining(modules));
});

test('every row links a test that is there', () => {
  for (const row of rows()) {
    const links = [...(row[3] ?? '').matchAll(/\]\(([^)]+\.test\.ts)\)/g)].map(([, path = '']) => path);
    expect([row[1], links.length > 0]).toEqual([row[1], true]);
    for (const link of links) expect([link, existsSync(join(LIBS, 'auth', link))]).toEqual([link, true]);
  }
});
