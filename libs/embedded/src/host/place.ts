// Identifies the directory of a server. A copied or restored directory contains the pid file of another directory's server, so
// that a pid alone proves nothing.
import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync, statSync } from 'node:fs';

/** A recorded directory. The inode distinguishes a copy at the same path from the original. */
export interface Place {
  path: string;
  inode: string;
}

export function placeOf(directory: string): Place {
  return { path: realpathSync(directory), inode: String(statSync(directory, { bigint: true }).ino) };
}

export function isSamePlace(one: Place, other: Place): boolean {
  return one.path === other.path && one.inode === other.inode;
}

/**
 * Whether the process is alive and has `directory` as its working directory, by any path.
 * @returns undefined if the platform does not report it.
 */
export function worksIn(pid: number, directory: string): boolean | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    // A zombie has no working directory.
    const [works, own] = [`/proc/${pid}/cwd`, directory].map((path) => statSync(path, { bigint: true }));
    return works?.ino === own?.ino && works?.dev === own?.dev;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? undefined : false;
  }
}

/** The command line of a process, split into arguments if the platform reports them so; undefined if unknown. */
export function argumentsOf(pid: number): string[] | undefined {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return [execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim()];
  } catch {
    return undefined;
  }
}
