// A program out of the system's packages, unpacked and never installed. Libraries that the machine lacks come along beside
// it, with a launcher that leads to them. JavaScript, because the set-up of tests loads it before anything is compiled.
import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const DOWNLOAD_TIMEOUT_MS = 120_000;
/** A library may need others. */
const MAX_ROUNDS = 5;
/** A package has other files with the program's name: what starts it with the system, its settings. */
const PROGRAMS = /\/s?bin$/;
const LIBRARIES = /\/lib(?:\/|$)/;

/**
 * @param {string} name
 * @param {readonly string[]} packages
 * @param {string} directory
 * @returns {Promise<string>} the path of its launcher, in a directory below `directory` that can be moved as a whole.
 */
export async function fromDebianPackages(name, packages, directory) {
  const unpacked = join(directory, 'unpacked');
  await unpack(packages, directory, unpacked);
  const program = findFile(unpacked, name, PROGRAMS);
  if (program === undefined) throw new Error(`there is no ${name} in it`);
  const ready = join(directory, 'ready');
  mkdirSync(join(ready, 'bin'), { recursive: true });
  const binary = join(ready, 'bin', name);
  copyFileSync(realpathSync(program), binary);
  chmodSync(binary, 0o755);
  await addLibraries(binary, join(ready, 'lib'), directory);
  return writeLauncher(ready, name);
}

async function unpack(
  /** @type {readonly string[]} */ packages,
  /** @type {string} */ directory,
  /** @type {string} */ into,
) {
  const download = () => run('apt-get', ['download', ...packages], { cwd: directory, timeout: DOWNLOAD_TIMEOUT_MS });
  try {
    await download();
  } catch (error) {
    // A machine that has never asked knows no packages; only root may ask.
    if (process.getuid?.() !== 0) throw error;
    await run('apt-get', ['update', '-qq'], { timeout: DOWNLOAD_TIMEOUT_MS });
    await download();
  }
  const archives = readdirSync(directory).filter((file) => file.endsWith('.deb'));
  if (archives.length === 0) throw new Error('apt-get downloaded nothing');
  for (const archive of archives) await run('dpkg-deb', ['-x', join(directory, archive), into]);
}

async function addLibraries(
  /** @type {string} */ binary,
  /** @type {string} */ libraries,
  /** @type {string} */ directory,
) {
  mkdirSync(libraries, { recursive: true });
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const missing = await missingLibraries(binary, libraries);
    if (missing.length === 0) return;
    for (const library of missing) await addLibrary(library, libraries, join(directory, library));
  }
  throw new Error(`it lacks ${(await missingLibraries(binary, libraries)).join(', ')}`);
}

async function addLibrary(
  /** @type {string} */ library,
  /** @type {string} */ libraries,
  /** @type {string} */ directory,
) {
  const unpacked = join(directory, 'unpacked');
  mkdirSync(directory, { recursive: true });
  const [usual, since64] = packagesOf(library);
  await unpack([usual], directory, unpacked).catch(() => unpack([since64], directory, unpacked));
  const found = findFile(unpacked, library, LIBRARIES);
  if (found === undefined) throw new Error(`there is no ${library} in its package`);
  copyFileSync(realpathSync(found), join(libraries, library));
}

/**
 * Debian names the package of `libfoo.so.1` libfoo1; some have been renamed when times got 64 bits.
 * @returns {[string, string]}
 */
function packagesOf(/** @type {string} */ library) {
  const [stem = '', version = ''] = library.split('.so.');
  const name = `${stem}${/\d$/.test(stem) ? '-' : ''}${version}`.toLowerCase();
  return [name, `${name}t64`];
}

/** @returns {Promise<string[]>} */
async function missingLibraries(/** @type {string} */ binary, /** @type {string} */ libraries) {
  const environment = { ...process.env, LD_LIBRARY_PATH: libraries };
  // A script needs none.
  const { stdout } = await run('ldd', [binary], { env: environment }).catch(() => ({ stdout: '' }));
  return [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map(([, library = '']) => library);
}

/** A launcher that the program takes the place of: signals and the process id are the program's own. */
function writeLauncher(/** @type {string} */ ready, /** @type {string} */ name) {
  const launcher = join(ready, name);
  const lines = [
    '#!/bin/sh',
    'here=$(dirname "$(readlink -f "$0")")',
    'LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"',
    'export LD_LIBRARY_PATH',
    `exec "$here/bin/${name}" "$@"`,
  ];
  writeFileSync(launcher, `${lines.join('\n')}\n`, { mode: 0o755 });
  return launcher;
}

/** A file of this name in a directory of such a path, or a link to one. */
function findFile(/** @type {string} */ directory, /** @type {string} */ name, /** @type {RegExp} */ place) {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.name === name && !entry.isDirectory() && place.test(entry.parentPath));
  return paths.map((entry) => join(entry.parentPath, entry.name)).find(existsSync);
}
