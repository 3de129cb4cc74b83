// A small repository in a temporary directory, shaped like this one, for tests that plant violations of its rules.
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export interface PlantedTree {
  directory: string;
  remove(): Promise<void>;
}

/** Writes `files` (path below the tree → text) and links each app's and lib's package as npm workspaces would. */
export async function plantTree(files: Record<string, string>): Promise<PlantedTree> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'mono-planted-')));
  const packages = new Set<string>();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
    const found = /^(?:apps|libs)\/[^/]+(?=\/)/.exec(path)?.[0];
    if (found) packages.add(found);
  }
  await mkdir(join(directory, 'node_modules/@mono'), { recursive: true });
  for (const path of packages)
    await symlink(join(directory, path), join(directory, 'node_modules/@mono', basename(path)));
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}
