// Identifies the server process of a cluster by its pid file and the system. A pid file may be stale, its pid may be reused, or
// the file may be a copy that names the server of another directory. Only a process whose working directory is the cluster is
// its server.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { argumentsOf, worksIn } from '../host/place.js';

/** Greater than any process id. */
const NOBODY = 2_147_483_647;
/** The tolerance between the start of the process and its recorded start time. */
const START_TOLERANCE_SECONDS = 30;
const ORPHAN_TIMEOUT_MS = 10_000;
const POLL_MS = 20;

/** @returns the pid of the cluster's server while it is alive. */
export function postmasterOf(cluster: string): number | undefined {
  const [pid, directory, start] = pidFileOf(cluster);
  if (pid === undefined) return undefined;
  const works = worksIn(pid, cluster);
  if (works !== undefined) return works && isPostgres(pid) ? pid : undefined;
  return isPath(directory, cluster) && begunAt(pid, Number(start)) ? pid : undefined;
}

/**
 * Removes the pid from a stale file, because PostgreSQL takes any process with that pid for a running server. The rest stays:
 * PostgreSQL reads there whether a process still uses the shared memory of the dead server.
 */
export function disownPidFile(cluster: string): void {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return;
  const [, ...rest] = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, [NOBODY, ...rest].join('\n'));
}

/** Ends the children of a killed server. They hold its shared memory, and no new server starts until they end. */
export async function endOrphans(cluster: string): Promise<void> {
  const deadline = Date.now() + ORPHAN_TIMEOUT_MS;
  for (
    let orphans = processesIn(cluster);
    orphans.length > 0 && Date.now() < deadline;
    orphans = processesIn(cluster)
  ) {
    for (const pid of orphans) trySignal(pid, 'SIGQUIT');
    await sleep(POLL_MS);
  }
}

function processesIn(cluster: string): number[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => worksIn(pid, cluster) === true && isPostgres(pid));
}

/** Pid, data directory and start time (seconds since 1970) from the pid file. */
function pidFileOf(cluster: string): [pid?: number, directory?: string | undefined, start?: string | undefined] {
  try {
    const [pid, directory, start] = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    return Number(pid) > 0 ? [Number(pid), directory, start] : [];
  } catch {
    return [];
  }
}

function isPostgres(pid: number): boolean {
  return /postgres/.test(argumentsOf(pid)?.[0] ?? 'postgres');
}

function isPath(path: string | undefined, cluster: string): boolean {
  try {
    return path !== undefined && realpathSync(path) === realpathSync(cluster);
  } catch {
    return false;
  }
}

/** Also true if the system reports no start time. */
function begunAt(pid: number, seconds: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    });
    return Math.abs(Date.parse(`${started.trim()} UTC`) / 1_000 - seconds) <= START_TOLERANCE_SECONDS;
  } catch {
    return true;
  }
}

function trySignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has ended.
  }
}
