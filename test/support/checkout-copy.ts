// A copy of this checkout that shares its packages, for tests that change sources.
import { globSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { makeStore } from './scratch.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** @param names of files and directories. @param more `built` copies what has been built as well. @returns its directory. */
export async function copyCheckout(names: readonly string[], { built = false } = {}): Promise<string> {
  const copy = await makeStore('checkout');
  const skipped = built ? ['node_modules'] : ['dist', 'node_modules'];
  for (const name of names) {
    await cp(join(ROOT, name), join(copy, name), {
      recursive: true,
      // The compiler goes by them.
      preserveTimestamps: true,
      filter: (path) => !skipped.includes(basename(path)),
    });
  }
  const modules = join(copy, 'node_modules');
  mkdirSync(join(modules, '@mono'), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== '@mono') symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  linkWorkspaces(copy);
  return copy;
}

/** As `npm install` does: links packages of the copy that are not linked yet. */
export function linkWorkspaces(copy: string): void {
  const linked = readdirSync(join(copy, 'node_modules/@mono'));
  for (const manifest of globSync('{apps,examples,libs}/*/package.json', { cwd: copy })) {
    const { name } = JSON.parse(readFileSync(join(copy, manifest), 'utf8')) as { name: string };
    if (!linked.includes(basename(name))) symlinkSync(join(copy, manifest, '..'), join(copy, 'node_modules', name));
  }
}
