// Changes of source files that keep to the format of Prettier.
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';

/** @throws Error where the file does not contain the pattern. */
export async function insertBefore(path: string, pattern: RegExp, text: string): Promise<void> {
  await edit(path, (source) => {
    const at = pattern.exec(source)?.index;
    if (at === undefined) throw new Error(`Invalid ${path}: expected ${pattern.source}.`);
    return source.slice(0, at) + text + source.slice(at);
  });
}

/** Adds lines among others that match, in the order of their text. @param pattern of one line. */
export async function insertSorted(path: string, pattern: RegExp, line: string): Promise<void> {
  await edit(path, (source) => {
    const lines = source.split('\n');
    const similar = lines.flatMap((text, index) => (pattern.test(text) ? [index] : []));
    const last = similar.at(-1);
    if (last === undefined) throw new Error(`Invalid ${path}: expected a line like ${pattern.source}.`);
    const next = similar.find((index) => (lines[index] ?? '') > line);
    lines.splice(next ?? last + 1, 0, line);
    return lines.join('\n');
  });
}

export async function edit(path: string, change: (source: string) => string): Promise<void> {
  const source = await readFile(path, 'utf8');
  await writeFile(path, change(source));
}

/** By the Prettier of the checkout. @throws Error where it is not installed. */
export function format(checkout: string, paths: readonly string[]): void {
  const { status, stderr } = spawnSync('node_modules/.bin/prettier', ['--write', '--log-level=warn', ...paths], {
    cwd: checkout,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Failed to format with node_modules/.bin/prettier (npm install?): ${stderr}`);
}
