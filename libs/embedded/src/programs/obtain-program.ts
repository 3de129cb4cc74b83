// Finds a server program without installing it: by a variable, on PATH, in the cache, from an official release, or from a
// system package that is unpacked into the cache.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { fromDebianPackages } from './debian-packages.js';

const run = promisify(execFile);

const CONNECT_TIMEOUT_MS = 5_000;
const DOWNLOAD_TIMEOUT_MS = 120_000;

export interface Release {
  /** The URL of the archive (.tar.gz). */
  url: string;
  /** The published SHA-256 of the archive in lower-case hexadecimal. */
  sha256: string;
}

export interface ProgramSource {
  /** The executable's name. */
  name: string;
  /** An environment variable with the path of the executable. */
  variable: string;
  /** Changes with the release, so that the cache holds one program per release. */
  version: string;
  /** The release for this platform, if there is one. */
  release?: Release | undefined;
  debianPackage: string;
  /** Further Debian packages that contain parts of the program. */
  debianParts?: readonly string[];
  brewFormula: string;
}

export interface ObtainOptions {
  cacheDirectory: string;
  environment: Readonly<Record<string, string | undefined>>;
  progress?: (message: string) => void;
}

/** @returns the path of an executable. @throws Error with every way that failed and what to do about it. */
export async function obtainProgram(
  source: ProgramSource,
  { cacheDirectory, environment, progress = () => {} }: ObtainOptions,
): Promise<string> {
  const present = findProgram(source, { cacheDirectory, environment });
  if (present !== undefined) return present;
  mkdirSync(cacheDirectory, { recursive: true });
  const failures: string[] = [];
  for (const { way, origin, obtain } of ways(source)) {
    const partial = mkdtempSync(join(cacheDirectory, `${source.name}.partial-`));
    try {
      const former = failures.at(-1)?.trim();
      progress(`Getting ${source.name} from ${way}${former === undefined ? '' : ` after a failure (${former})`}`);
      const found = await obtain(partial);
      chmodSync(found, 0o755);
      return adopt(found, partial, placeInCache(source, cacheDirectory, origin), source.name);
    } catch (error) {
      failures.push(`  ${way}: ${firstLine(error)}`);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }
  throw new Error(
    `Cannot find or install ${source.name}:\n${failures.join('\n')}\n` +
      `Install it (apt-get install ${source.debianPackage}, brew install ${source.brewFormula}) so that it is on PATH, or name the executable in ${source.variable}.`,
  );
}

/** Finds an installed program without fetching. @throws Error for an invalid variable. */
export function findProgram(
  source: ProgramSource,
  { cacheDirectory, environment }: Pick<ObtainOptions, 'cacheDirectory' | 'environment'>,
): string | undefined {
  const named = environment[source.variable];
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`${source.variable} does not name an executable file.`);
  }
  const onPath = (environment['PATH'] ?? '').split(delimiter);
  const inCache = (['release', 'system'] as const).map((origin) => placeInCache(source, cacheDirectory, origin));
  return [...onPath, ...inCache].map((directory) => join(directory, source.name)).find(isExecutable);
}

function placeInCache(source: ProgramSource, cacheDirectory: string, origin: Origin): string {
  return join(cacheDirectory, `${source.name}-${origin === 'release' ? source.version : 'system'}`);
}

type Origin = 'release' | 'system';

interface Way {
  way: string;
  origin: Origin;
  /** Obtains the program into an empty directory. @returns the path of the executable. */
  obtain: (directory: string) => Promise<string>;
}

function ways(source: ProgramSource): Way[] {
  const all: Way[] = [];
  const { release } = source;
  if (release) {
    const obtain = (directory: string): Promise<string> => fromRelease(release, source.name, directory);
    all.push({ way: 'its official release', origin: 'release', obtain });
  }
  if (process.platform === 'linux') {
    const packages = [source.debianPackage, ...(source.debianParts ?? [])];
    const obtain = (directory: string): Promise<string> => fromDebianPackages(source.name, packages, directory);
    all.push({ way: 'the system’s packages', origin: 'system', obtain });
  }
  if (process.platform === 'darwin') all.push({ way: 'Homebrew', origin: 'system', obtain: () => fromBrew(source) });
  return all;
}

async function fromRelease({ url, sha256 }: Release, name: string, directory: string): Promise<string> {
  const archive = join(directory, 'archive.tar.gz');
  const bytes = await download(url);
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== sha256) throw new Error(`the archive's SHA-256 is ${actual}, not ${sha256}`);
  writeFileSync(archive, bytes);
  await run('tar', ['-xzf', archive, '-C', directory]);
  return requireFile(directory, name);
}

async function download(url: string): Promise<Buffer> {
  // A network without internet access must not delay the start for minutes.
  const answered = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
  const head = await fetch(url, { method: 'HEAD', signal: answered });
  if (!head.ok) throw new Error(`the server answered ${head.status}`);
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

async function fromBrew({ brewFormula, name }: ProgramSource): Promise<string> {
  const { stdout } = await run('brew', ['--prefix', brewFormula]);
  const found = join(stdout.trim(), 'bin', name);
  if (!isExecutable(found)) throw new Error(`${found} does not exist`);
  return found;
}

/** Another process may have been faster; its program is used. */
function adopt(found: string, partial: string, place: string, name: string): string {
  if (!found.startsWith(partial)) return found;
  const ready = join(partial, 'ready');
  if (found !== join(ready, name)) {
    mkdirSync(ready);
    renameSync(found, join(ready, name));
  }
  try {
    renameSync(ready, place);
  } catch (error) {
    if (!existsSync(join(place, name))) throw error;
  }
  return join(place, name);
}

function requireFile(directory: string, name: string): string {
  const found = readdirSync(directory, { recursive: true, withFileTypes: true }).find(
    (entry) => entry.isFile() && entry.name === name,
  );
  if (!found) throw new Error(`there is no ${name} in it`);
  return join(found.parentPath, found.name);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    // A directory is executable, too.
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function firstLine(error: unknown): string {
  const { message, cause } = error as Error;
  const reason = cause instanceof Error ? `${message} (${cause.message})` : message;
  return (reason.split('\n').find((line) => line.trim() !== '') ?? 'failed').slice(0, 200);
}
