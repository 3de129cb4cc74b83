// The directory for files of a test run's servers: in memory if enough is free, since creating files is most of the cost of a
// new database or stream; otherwise among the temporary files.
import { constants, accessSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system in memory on every Linux. */
const MEMORY = '/dev/shm';
/** The required free memory, ten times the need of a run. */
const PLENTY_BYTES = 4 * 1024 ** 3;
const RUN = 'mono-test-run-';
const OWNER = 'owner';

/** Creates the directory of this test run, passed on as `TEST_SCRATCH`. */
export async function makeScratch(): Promise<string> {
  const root = hasPlenty() ? MEMORY : tmpdir();
  removeOrphans(root);
  const directory = await mkdtemp(join(root, RUN));
  await writeFile(join(directory, OWNER), String(process.pid));
  // An interrupted run has no teardown.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      remove(directory);
      process.kill(process.pid, signal);
    });
  }
  return directory;
}

/** PostgreSQL ends once its directory is removed. Files that it creates meanwhile are left to the next run. */
function remove(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // A server has created files meanwhile.
  }
}

/** Creates a directory for one server. Outside of a test run, such as in a benchmark, it is among the temporary files. */
export function makeStore(name: string): Promise<string> {
  return mkdtemp(join(process.env['TEST_SCRATCH'] ?? tmpdir(), `mono-test-${name}-`));
}

function hasPlenty(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return Math.min(bavail * bsize, process.availableMemory()) >= PLENTY_BYTES;
  } catch {
    return false;
  }
}

/** Removes directories of killed runs, which would occupy memory until the machine restarts. */
function removeOrphans(root: string): void {
  for (const name of readdirSync(root).filter((entry) => entry.startsWith(RUN))) {
    const directory = join(root, name);
    try {
      const owner = Number(readFileSync(join(directory, OWNER), 'utf8'));
      if (owner > 0 && !isAlive(owner)) remove(directory);
    } catch {
      // A directory of another account, or one that is just created.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
