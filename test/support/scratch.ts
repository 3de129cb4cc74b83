// Where the servers of a test run keep their files: in memory where the machine has plenty of it, since making files is most
// of what a new database or stream costs, and nobody needs them afterwards; else among the temporary files.
import { constants, accessSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system in memory, which every Linux has. */
const MEMORY = '/dev/shm';
/** Of free memory; a run needs a tenth of it. */
const PLENTY_BYTES = 4 * 1024 ** 3;
const RUN = 'mono-test-run-';
const OWNER = 'owner';

/** The directory of this test run, whose `TEST_SCRATCH` it becomes. */
export async function makeScratch(): Promise<string> {
  const root = hasPlenty() ? MEMORY : tmpdir();
  removeOrphans(root);
  const directory = await mkdtemp(join(root, RUN));
  await writeFile(join(directory, OWNER), String(process.pid));
  // A run that is broken off has no teardown.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      remove(directory);
      process.kill(process.pid, signal);
    });
  }
  return directory;
}

/** PostgreSQL ends by itself when its directory is gone. What comes back meanwhile is left to the next run. */
function remove(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // A server was making files.
  }
}

/** A new directory for one server. Outside of a test run, as in a benchmark, it is among the temporary files. */
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

/** What runs that were killed have left: it would take memory until the machine starts anew. */
function removeOrphans(root: string): void {
  for (const name of readdirSync(root).filter((entry) => entry.startsWith(RUN))) {
    const directory = join(root, name);
    try {
      const owner = Number(readFileSync(join(directory, OWNER), 'utf8'));
      if (owner > 0 && !isAlive(owner)) remove(directory);
    } catch {
      // Of another account, or just being made.
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
