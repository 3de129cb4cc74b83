// The embedded PostgreSQL, under DATA_DIR.
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSamePlace, placeOf, type Place } from '../host/place.js';
import { Client, type QueryResult } from 'pg';
import type { EmbeddedServer } from '../host/embedded-server.js';
import { StartUpError } from '../host/start-up-error.js';
import { disownPidFile, endOrphans, postmasterOf } from './postmaster.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { postgresAccount, type AccountMode, type PostgresAccount } from './postgres-account.js';
import { PostgresLogs, LOG_OPTIONS } from './postgres-logs.js';

const START_TIMEOUT_SECONDS = 120;
const PROBE_TIMEOUT_MS = 2_000;
const POLL_MS = 100;
/** After a crash, PostgreSQL syncs every file of the cluster, which takes seconds; syncfs takes milliseconds. */
const SYNC_OPTION = process.platform === 'linux' ? '-c recovery_init_sync_method=syncfs' : '';
/** Enough for four instances with default pools of about 110 connections each, and for the command line. */
const MAX_CONNECTIONS = 500;
const SERVER_OPTIONS = `-h 127.0.0.1 -c unix_socket_directories='' -c max_connections=${MAX_CONNECTIONS} -c shared_buffers=256MB -c timezone=UTC -c log_timezone=UTC ${SYNC_OPTION} ${LOG_OPTIONS}`;

interface State {
  port: number;
  password: string;
  /** The directory at the last start; absent in the files of earlier releases. */
  place?: Place;
}

/** Runs statements on a connection. */
interface Queryable {
  query<Row extends object>(statement: string): Promise<QueryResult<Row>>;
}

export class EmbeddedPostgres implements EmbeddedServer {
  readonly name = 'PostgreSQL';
  readonly logs: PostgresLogs;
  relocated = false;
  private readonly stateFile: string;

  private constructor(
    dataDirectory: string,
    private readonly account: PostgresAccount,
  ) {
    this.stateFile = join(dataDirectory, 'postgres.json');
    this.logs = new PostgresLogs(account.directory);
  }

  /** @param mode the account that runs it. Default: detected. */
  static async in(dataDirectory: string, mode?: AccountMode): Promise<EmbeddedPostgres> {
    const directory = join(dataDirectory, 'postgres');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return new EmbeddedPostgres(dataDirectory, postgresAccount(await findPostgresBinaries(), directory, mode));
  }

  /** Contains the password: not for logs. Read each time, since another node may start the server on another port. */
  get url(): string {
    const { port, password } = this.requireState();
    return `postgres://mono:${password}@127.0.0.1:${port}/mono`;
  }

  /** The directory of cluster and log: below DATA_DIR, or in a place that the account can reach. */
  get directory(): string {
    return this.account.directory;
  }

  /** @returns false if the connection leads to the server of another directory, such as a copy. */
  async recognizes(connection: Queryable): Promise<boolean> {
    const { rows } = await connection.query<{ directory: string }>(
      `SELECT current_setting('data_directory') AS directory`,
    );
    return isSameDirectory(rows[0]?.directory, this.cluster);
  }

  async isRunning(): Promise<boolean> {
    if (this.readState() === undefined || this.pid() === undefined) return false;
    try {
      await this.ask('SELECT 1');
      return true;
    } catch {
      return false;
    }
  }

  isAlive(): boolean {
    return postmasterOf(this.cluster) !== undefined;
  }

  async ensureRunning(): Promise<void> {
    if (!(await this.isRunning())) {
      if (!existsSync(join(this.cluster, 'PG_VERSION'))) await this.initialize();
      this.requireOwner();
      await this.checkVersion();
      if (!(await this.isComingUp())) await this.launch();
    }
    try {
      const [found] = await this.ask(`SELECT datname FROM pg_database WHERE datname = 'mono'`);
      if (!found) await this.ask('CREATE DATABASE mono');
      await this.keepClientErrorsOutOfLog();
    } catch (error) {
      throw this.explain(error, 'PostgreSQL did not start.');
    }
  }

  async stop(): Promise<void> {
    if (this.pid() === undefined) return;
    await this.account
      .run('pg_ctl', ['stop', '-D', this.cluster, '-m', 'fast', '-w', '-t', String(START_TIMEOUT_SECONDS)])
      .catch((error: unknown) => {
        if (this.pid() !== undefined) throw error;
      });
  }

  private get cluster(): string {
    return join(this.account.directory, 'cluster');
  }

  private pid(): number | undefined {
    return postmasterOf(this.cluster);
  }

  private async initialize(): Promise<void> {
    const password = newPassword();
    const partial = `${this.cluster}.partial`;
    const passwordFile = join(this.account.directory, 'initial-password');
    rmSync(partial, { recursive: true, force: true });
    try {
      writeFileSync(passwordFile, password, { mode: 0o644 });
      await this.account.run('initdb', [
        '-D',
        partial,
        '-U',
        'mono',
        '-A',
        'scram-sha-256',
        `--pwfile=${passwordFile}`,
        '-E',
        'UTF8',
        '--locale=C',
      ]);
      // The password first, because a cluster without a stored password is unusable.
      this.writeState({ port: await freePort(), password });
      renameSync(partial, this.cluster);
    } catch (error) {
      throw this.explain(error, 'PostgreSQL could not create its data directory.');
    } finally {
      rmSync(passwordFile, { force: true });
    }
  }

  private requireOwner(): void {
    const [{ uid }, own] = [statSync(this.cluster), this.account.uid];
    if (own === undefined || uid === own) return;
    throw new StartUpError(
      `${this.cluster} belongs to another user (${uid}) than the one that runs PostgreSQL (${own}).`,
      `Start as that user, or give it to this one: chown -R ${own} ${this.cluster}.`,
    );
  }

  private async checkVersion(): Promise<void> {
    const has = readFileSync(join(this.cluster, 'PG_VERSION'), 'utf8').trim();
    const [, wants] = /\(PostgreSQL\) (\d+)/.exec(await this.account.run('postgres', ['--version'])) ?? [];
    if (has !== wants) {
      throw new StartUpError(
        `The data directory was created by PostgreSQL ${has}, this is PostgreSQL ${wants}.`,
        `Start the version of Mono that created it and dump the data, or move ${this.cluster} away to start empty.`,
      );
    }
  }

  /** Waits for a server that a dead node has started and that may be recovering. Stops it if it does not become ready. */
  private async isComingUp(): Promise<boolean> {
    const deadline = Date.now() + START_TIMEOUT_SECONDS * 1_000;
    while (this.pid() !== undefined && Date.now() < deadline) {
      if (await this.isRunning()) return true;
      await sleep(POLL_MS);
    }
    await this.stop();
    return false;
  }

  private async launch(): Promise<void> {
    this.logs.beginStart();
    const known = this.requireState();
    const place = placeOf(this.cluster);
    try {
      disownPidFile(this.cluster);
      await endOrphans(this.cluster);
      const moved = known.place ? !isSamePlace(known.place, place) : startedElsewhere(this.cluster);
      const { password } = moved ? await this.changePassword() : known;
      const port = !moved && (await isFree(known.port)) ? known.port : await freePort();
      this.writeState({ port, password, place });
      this.relocated = moved;
      const wait = ['-w', '-t', String(START_TIMEOUT_SECONDS)];
      const options = ['-s', '-l', this.logs.startFile, '-o', `-p ${port} ${SERVER_OPTIONS}`];
      await this.account.run('pg_ctl', ['start', '-D', this.cluster, ...wait, ...options]);
    } catch (error) {
      throw this.explain(error, 'PostgreSQL did not start.');
    }
  }

  /** Runs while no server listens, so that nodes of the original directory cannot connect. */
  private async changePassword(): Promise<{ password: string }> {
    const password = newPassword();
    const single = ['--single', '-D', this.cluster, '-c', 'log_min_messages=panic', 'postgres'];
    await this.account.run('postgres', single, `ALTER ROLE mono PASSWORD '${password}'\n`);
    return { password };
  }

  /** Errors of clients quote user data; the clients report them. */
  private async keepClientErrorsOutOfLog(): Promise<void> {
    const [kept] = await this.ask(
      `SELECT 1 FROM pg_roles WHERE rolname = 'mono' AND 'log_min_messages=log' = ANY (rolconfig)`,
    );
    if (!kept) await this.ask('ALTER ROLE mono SET log_min_messages = log');
  }

  /** In the database `postgres`, which always exists. */
  private async ask<Row extends object>(statement: string): Promise<Row[]> {
    const url = new URL(this.url);
    url.pathname = '/postgres';
    const client = new Client({ connectionString: url.href, connectionTimeoutMillis: PROBE_TIMEOUT_MS });
    client.on('error', () => {});
    try {
      await client.connect();
      if (!(await this.recognizes(client))) throw new Error('Another PostgreSQL server uses this address.');
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  }

  private explain(cause: unknown, what: string): StartUpError {
    const said = `${(cause as { stderr?: string }).stderr ?? ''}\n${String(cause)}\n${this.logs.sinceStart()}`;
    if (/No space left on device|ENOSPC/.test(said)) {
      return new StartUpError(
        `${what} The disk is full.`,
        `Free some space on the disk of ${this.account.directory} and start again.`,
        { cause },
      );
    }
    return new StartUpError(what, `Its logs are in ${this.logs.directory}.`, { cause });
  }

  private requireState(): State {
    const state = this.readState();
    if (!state)
      throw new StartUpError(
        'The password file of the embedded PostgreSQL is missing.',
        `Restore ${this.stateFile}, or move the database away to start empty.`,
      );
    return state;
  }

  private readState(): State | undefined {
    return existsSync(this.stateFile) ? (JSON.parse(readFileSync(this.stateFile, 'utf8')) as State) : undefined;
  }

  private writeState(state: State): void {
    const partial = `${this.stateFile}.partial`;
    writeFileSync(partial, JSON.stringify(state), { mode: 0o600 });
    renameSync(partial, this.stateFile);
  }
}

function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

function isSameDirectory(one: string | undefined, other: string): boolean {
  try {
    return one !== undefined && realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}

/** Reads the server's own record, because earlier releases kept none. */
function startedElsewhere(cluster: string): boolean {
  const file = join(cluster, 'postmaster.opts');
  const [, directory] = existsSync(file) ? (/"-D" "([^"]*)"/.exec(readFileSync(file, 'utf8')) ?? []) : [];
  return directory !== undefined && !isSameDirectory(directory, cluster);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
