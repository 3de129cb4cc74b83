// The account that runs PostgreSQL, which refuses root. Root runs it in a user namespace with another uid, which keeps root's
// file permissions. Without namespaces it runs as another account, which must be able to reach binaries and database.
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { StartUpError } from '../host/start-up-error.js';
import type { PostgresBinaries } from './postgres-binaries.js';

const run = promisify(execFile);

/** The uid inside the namespace: any but 0. */
const MAPPED_UID = 1000;
/** `nobody` on common Unix systems. */
const OTHER_UID = 65_534;
const REACHABLE = '/var/lib/mono';

export interface PostgresAccount {
  binaries: PostgresBinaries;
  /** The directory of the database. */
  directory: string;
  /** The owner of the files; undefined on a platform without owners. */
  uid: number | undefined;
  /** Runs one of the binaries and waits for its end. @returns its standard output. @throws Error with its standard error. */
  run(binary: keyof PostgresBinaries, args: readonly string[], input?: string): Promise<string>;
}

export type AccountMode = 'self' | 'namespace' | 'other';

/** @param directory the directory of the database, if the account can reach it. */
export function postgresAccount(binaries: PostgresBinaries, directory: string, mode = detectMode()): PostgresAccount {
  const uid = process.getuid?.();
  if (mode === 'self')
    return { binaries, directory, uid, run: (name, args, input) => output(binaries[name], args, { input }) };
  if (mode === 'namespace') {
    return {
      binaries,
      directory,
      uid,
      run: (name, args, input) =>
        output('unshare', ['--user', `--map-user=${MAPPED_UID}`, binaries[name], ...args], { input }),
    };
  }
  return otherAccount(binaries, directory);
}

function detectMode(): AccountMode {
  if (process.getuid?.() !== 0) return 'self';
  try {
    execFileSync('unshare', ['--user', `--map-user=${MAPPED_UID}`, 'true'], { stdio: 'ignore' });
    return 'namespace';
  } catch {
    return 'other';
  }
}

function otherAccount(binaries: PostgresBinaries, directory: string): PostgresAccount {
  const place = join(REACHABLE, createHash('sha256').update(directory).digest('hex').slice(0, 12));
  const data = join(place, basename(directory));
  try {
    mkdirSync(place, { recursive: true, mode: 0o755 });
    const copied = copyBinaries(binaries, place);
    mkdirSync(data, { recursive: true, mode: 0o700 });
    chownSync(data, OTHER_UID, OTHER_UID);
    const options = { uid: OTHER_UID, gid: OTHER_UID, cwd: '/' };
    return {
      binaries: copied,
      directory: data,
      uid: OTHER_UID,
      run: (name, args, input) => output(copied[name], args, { ...options, input }),
    };
  } catch (cause) {
    throw new StartUpError(
      `PostgreSQL cannot run as root, and ${place} cannot be prepared for another account.`,
      'Start as an ordinary user, or set DATABASE_URL to a server of your own.',
      { cause },
    );
  }
}

/** Copies the whole `native` directory, because the binaries find their libraries by relative paths. */
function copyBinaries(binaries: PostgresBinaries, place: string): PostgresBinaries {
  const native = dirname(dirname(binaries.postgres));
  const version = createHash('sha256').update(native).digest('hex').slice(0, 12);
  const target = join(place, `native-${version}`);
  if (!existsSync(target)) {
    const partial = `${target}.partial-${process.pid}`;
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    renameSync(partial, target);
  }
  const bin = (name: string): string => join(target, 'bin', basename(name));
  return { initdb: bin(binaries.initdb), pg_ctl: bin(binaries.pg_ctl), postgres: bin(binaries.postgres) };
}

interface OutputOptions {
  uid?: number;
  gid?: number;
  cwd?: string;
  input?: string | undefined;
}

async function output(program: string, args: readonly string[], { input, ...options }: OutputOptions): Promise<string> {
  const running = run(program, args, {
    ...options,
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' },
  });
  running.child.stdin?.end(input);
  return (await running).stdout;
}
