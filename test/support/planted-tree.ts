// A small repository in a temporary directory, shaped like this one, for tests that plant violations of its rules.
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface PlantedTree {
  directory: string;
  remove(): Promise<void>;
}

/** Writes `files` (path below the tree → text) and links each lib's package as npm workspaces would. */
export async function plantTree(files: Record<string, string>): Promise<PlantedTree> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'mono-planted-')));
  const libs = new Set<string>();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
    const lib = /^libs\/([^/]+)\//.exec(path)?.[1];
    if (lib) libs.add(lib);
  }
  await mkdir(join(directory, 'node_modules/@mono'), { recursive: true });
  for (const lib of libs) await symlink(join(directory, 'libs', lib), join(directory, 'node_modules/@mono', lib));
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}
