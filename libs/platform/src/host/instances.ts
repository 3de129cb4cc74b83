// The nodes that share one DATA_DIR: a file each, named by pid and start time, so that the dead can be told.
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProcessAlive, processStartTime } from './process-lock.js';

export interface Instance {
  pid: number;
  url: string;
}

const NAME = /^(\d+)-([A-Za-z0-9_]+)\.json$/;

export class Instances {
  private readonly own: string;

  constructor(private readonly directory: string) {
    this.own = join(directory, `${process.pid}-${processStartTime(process.pid)}.json`);
  }

  register(url: string): void {
    mkdirSync(this.directory, { recursive: true });
    const temporary = `${this.own}.tmp`;
    writeFileSync(temporary, JSON.stringify({ pid: process.pid, url } satisfies Instance));
    renameSync(temporary, this.own);
  }

  unregister(): void {
    rmSync(this.own, { force: true });
  }

  /** Those that live; what the dead left is removed. */
  living(): Instance[] {
    mkdirSync(this.directory, { recursive: true });
    return readdirSync(this.directory).flatMap((file) => {
      const [, pid, start] = NAME.exec(file) ?? [];
      if (pid === undefined || start === undefined) return [];
      const path = join(this.directory, file);
      if (isProcessAlive(Number(pid), start)) return read(path);
      rmSync(path, { force: true });
      return [];
    });
  }
}

/** None when it has left since the directory was listed. */
function read(path: string): Instance[] {
  try {
    return [JSON.parse(readFileSync(path, 'utf8')) as Instance];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
