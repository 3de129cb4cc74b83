// The nodes that share one DATA_DIR. Each has a file named by pid and start time, so that dead ones are recognised.
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isProcessAlive, makePrivate, markOf, processStartTime, writePrivate } from './process-lock.js';

export interface Instance {
  pid: number;
  url: string;
  /** The connections to PostgreSQL that it may open, by host and port; absent until it has counted them. */
  connections?: Readonly<Record<string, number>>;
}

/** The stored form. The mark distinguishes files of this directory from those of a copied one. */
interface Kept extends Instance {
  /** Absent in the files of earlier releases. */
  mark?: string;
}

const NAME = /^(\d+)-([A-Za-z0-9_]+)\.json$/;

export class Instances {
  private readonly own: string;

  constructor(private readonly directory: string) {
    this.own = join(directory, `${process.pid}-${processStartTime(process.pid)}.json`);
  }

  register(url: string, connections?: Instance['connections']): void {
    makePrivate(this.directory);
    const kept: Kept = { pid: process.pid, url, ...(connections && { connections }), mark: markOf(this.directory) };
    writePrivate(this.own, JSON.stringify(kept));
  }

  unregister(): void {
    rmSync(this.own, { force: true });
  }

  /** The live instances. Removes files of dead ones and files from a copy. */
  living(): Instance[] {
    makePrivate(this.directory);
    const here = markOf(this.directory);
    return readdirSync(this.directory).flatMap((file) => {
      const [, pid, start] = NAME.exec(file) ?? [];
      if (pid === undefined || start === undefined) return [];
      const path = join(this.directory, file);
      const instances = isProcessAlive(Number(pid), start) ? read(path) : [];
      const ours = instances.filter(({ mark = here }) => mark === here);
      if (ours.length > 0) return ours.map(({ mark: _mark, ...instance }) => instance);
      rmSync(path, { force: true });
      return [];
    });
  }
}

/** @returns the instance that listens on the port. */
export function instanceAt(port: number, instances: readonly Instance[]): Instance | undefined {
  return instances.find(({ url }) => URL.canParse(url) && new URL(url).port === String(port));
}

/** Empty if the file was removed after the directory was listed. */
function read(path: string): Kept[] {
  try {
    return [JSON.parse(readFileSync(path, 'utf8')) as Kept];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
