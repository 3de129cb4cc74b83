// The logs of the embedded PostgreSQL: a bounded number of files without user data.
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const FILES_KEPT = 4;
const PRUNE_MS = 60_000;
const NAME = /^postgres-.*\.log$/;
const EXCERPT_CHARACTERS = 4_000;
/** File times come from a coarser clock. */
const CLOCK_TICK_MS = 20;

/** Paths are relative to the cluster. Terse, because the details of an error quote rows and statements. */
export const LOG_OPTIONS = [
  'logging_collector=on',
  'log_directory=../logs',
  'log_filename=postgres-%Y%m%d-%H%M%S.log',
  'log_rotation_size=16MB',
  'log_rotation_age=1d',
  'log_error_verbosity=terse',
  'log_min_error_statement=panic',
  'log_statement=none',
  'log_parameter_max_length=0',
  'log_parameter_max_length_on_error=0',
]
  .map((option) => `-c ${option}`)
  .join(' ');

export class PostgresLogs {
  readonly directory: string;
  /** The output of the server before it opens its log. */
  readonly startFile: string;
  private startedAtMs = Date.now();

  constructor(private readonly serverDirectory: string) {
    this.directory = join(serverDirectory, 'logs');
    this.startFile = join(serverDirectory, 'start.log');
  }

  /** Ignores lines of earlier starts. */
  beginStart(): void {
    this.startedAtMs = Date.now();
    rmSync(this.startFile, { force: true });
    // The log of earlier releases, which grew without limit and quoted rows.
    rmSync(join(this.serverDirectory, 'postgres.log'), { force: true });
    this.prune();
  }

  sinceStart(): string {
    const files = [this.startFile, ...this.files()].filter(
      (file) => existsSync(file) && statSync(file).mtimeMs >= this.startedAtMs - CLOCK_TICK_MS,
    );
    return files.map((file) => readFileSync(file, 'utf8').slice(-EXCERPT_CHARACTERS)).join('\n');
  }

  /** Removes old files periodically. @returns a function that stops. */
  keepSmall(onError: (error: unknown) => void): () => void {
    const timer = setInterval(() => {
      try {
        this.prune();
      } catch (error) {
        onError(error);
      }
    }, PRUNE_MS);
    timer.unref();
    return () => clearInterval(timer);
  }

  private prune(): void {
    for (const file of this.files().slice(0, -FILES_KEPT)) rmSync(file, { force: true });
  }

  /** The oldest first. */
  private files(): string[] {
    if (!existsSync(this.directory)) return [];
    const names = readdirSync(this.directory).filter((name) => NAME.test(name));
    return names.toSorted().map((name) => join(this.directory, name));
  }
}
