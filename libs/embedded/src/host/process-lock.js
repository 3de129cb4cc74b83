// A lock among processes of one machine that a crash releases: Lamport's bakery algorithm with files. A contender first
// announces that it is choosing, then takes a ticket one above all others; the live contender with the smallest ticket holds
// the lock. Every file contains the pid and the start time of its process, so that any process can delete files of dead ones,
// and the mark of its directory, so that files from a copy of the directory are ignored. Plain JavaScript on Node's own
// modules, because the set-up uses it before anything is installed or built.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;
const WAIT_MESSAGE_MS = 1_000;

/**
 * The start time of the process in a unit of the platform; undefined without such a process. Pids are reused, so that pid and
 * start time together identify a process.
 * @param {number} pid
 * @returns {string | undefined}
 */
export function processStartTime(pid) {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // Fields 3 (state) and 22 (starttime, clock ticks since boot) of proc(5). A zombie counts as dead.
      return fields[0] === 'Z' ? undefined : fields[19];
    }
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      // ps prints local time in the locale, which must be the same for all processes.
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    });
    return started.trim().replaceAll(/[^A-Za-z0-9]+/g, '_') || undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {number} pid
 * @param {string} start
 */
export function isProcessAlive(pid, start) {
  return processStartTime(pid) === start;
}

/**
 * Identifies a directory on this machine, by any path. A copy has another mark.
 * @param {string} directory
 * @returns {string}
 */
export function markOf(directory) {
  const { dev, ino } = statSync(directory, { bigint: true });
  return `${dev}:${ino}`;
}

/**
 * Creates a directory that only its owner can read.
 * @param {string} directory
 */
export function makePrivate(directory) {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // Earlier releases let everybody read it.
  if ((statSync(directory).mode & 0o077) === 0) return;
  try {
    chmodSync(directory, 0o700);
  } catch {
    // The directory belongs to another user, who decides.
  }
}

/**
 * Removes the files of processes of other directories, and files without a mark.
 * @param {string} directory
 */
export function removeUnmarked(directory) {
  if (!existsSync(directory)) return;
  const mark = markOf(directory);
  for (const file of readdirSync(directory)) {
    const path = join(directory, file);
    if (existsSync(path) && !readFileSync(path, 'utf8').includes(mark)) rmSync(path, { force: true });
  }
}

/**
 * Writes atomically, so that nobody reads a partial file.
 * @param {string} file
 * @param {string} content
 */
export function writePrivate(file, content) {
  const partial = `${file}.tmp`;
  writeFileSync(partial, content, { mode: 0o600 });
  renameSync(partial, file);
}

/**
 * @typedef {object} Contender
 * @property {string} file
 * @property {number} pid
 * @property {number} ticket 0 while it is choosing
 * @property {number} serial
 */

const NAME = /^(choosing|ticket)-(\d+)-(\d+)-([A-Za-z0-9_]+)-(\d+)$/;
let serials = 0;

/**
 * Files of earlier releases are empty.
 * @param {string} path
 * @param {string} mark
 */
function isMarked(path, mark) {
  try {
    return ['', mark].includes(readFileSync(path, 'utf8'));
  } catch (error) {
    // A file that was released meanwhile does not count; one that cannot be read counts.
    return /** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT';
  }
}

export class ProcessLock {
  /**
   * @param {string} directory created if absent; must contain nothing else
   * @param {number} [pollMs] polling interval of waiting processes
   */
  constructor(directory, pollMs = POLL_MS) {
    this.directory = directory;
    this.pollMs = pollMs;
    /** @type {string | undefined} */
    this.ticket = undefined;
  }

  /**
   * Waits until this process holds the lock.
   * @param {(holderPid: number) => void} [onWait] called once if it takes longer than a second
   */
  async acquire(onWait) {
    makePrivate(this.directory);
    const mark = markOf(this.directory);
    const serial = (serials += 1);
    const own = `${process.pid}-${processStartTime(process.pid)}-${serial}`;
    const choosing = join(this.directory, `choosing-0-${own}`);
    writePrivate(choosing, mark);
    const number = 1 + Math.max(0, ...this.contenders().map(({ ticket }) => ticket));
    const ticket = join(this.directory, `ticket-${number}-${own}`);
    writePrivate(ticket, mark);
    rmSync(choosing);
    this.ticket = ticket;
    const begun = Date.now();
    let announced = false;
    for (;;) {
      const self = { file: '', pid: process.pid, ticket: number, serial };
      // Listing a directory is not atomic: a ticket may appear after its place in the list was read, and its `choosing` file
      // disappear before. A second listing then shows the ticket.
      const holder = this.holderBefore(self) ?? this.holderBefore(self);
      if (!holder) return;
      if (!announced && Date.now() - begun > WAIT_MESSAGE_MS) {
        announced = true;
        onWait?.(holder.pid);
      }
      await sleep(this.pollMs);
    }
  }

  release() {
    if (this.ticket) rmSync(this.ticket, { force: true });
    this.ticket = undefined;
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @param {(holderPid: number) => void} [onWait]
   * @returns {Promise<T>}
   */
  async hold(work, onWait) {
    await this.acquire(onWait);
    try {
      return await work();
    } finally {
      this.release();
    }
  }

  /**
   * @param {Contender} self
   * @returns {Contender | undefined}
   */
  holderBefore(self) {
    return this.contenders().find(
      (other) =>
        !(other.pid === self.pid && other.serial === self.serial) &&
        (other.ticket === 0 ||
          other.ticket < self.ticket ||
          (other.ticket === self.ticket &&
            (other.pid < self.pid || (other.pid === self.pid && other.serial < self.serial)))),
    );
  }

  /** @returns {Contender[]} live contenders; removes files of dead ones and files from a copy */
  contenders() {
    const living = [];
    const mark = markOf(this.directory);
    for (const file of readdirSync(this.directory)) {
      const [, kind, number, pid, start, serial] = NAME.exec(file) ?? [];
      if (kind === undefined) continue;
      const path = join(this.directory, file);
      if (isProcessAlive(Number(pid), String(start)) && isMarked(path, mark)) {
        living.push({
          file,
          pid: Number(pid),
          ticket: kind === 'choosing' ? 0 : Number(number),
          serial: Number(serial),
        });
      } else rmSync(path, { force: true });
    }
    return living;
  }
}
