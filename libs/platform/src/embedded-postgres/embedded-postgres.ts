// The PostgreSQL that an installation brings along, under DATA_DIR.
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
import { Client } from 'pg';
import type { EmbeddedServer } from '../host/embedded-server.js';
import { StartUpError } from '../host/start-up-error.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { postgresAccount, type AccountMode, type PostgresAccount } from './postgres-account.js';

const START_TIMEOUT_SECONDS = 120;
const PROBE_TIMEOUT_MS = 2_000;
const POLL_MS = 100;
const SERVER_OPTIONS = `-h 127.0.0.1 -c unix_socket_directories='' -c max_connections=200 -c shared_buffers=256MB -c timezone=UTC -c log_timezone=UTC`;

interface State {
  port: number;
  password: string;
}

export class EmbeddedPostgres implements EmbeddedServer {
  readonly name = 'PostgreSQL';
  private readonly stateFile: string;
  private readonly logFile: string;
  private state: State | undefined;
  /** Where the log of this start begins: earlier troubles explain nothing. */
  private logStart = 0;

  private constructor(
    dataDirectory: string,
    private readonly account: PostgresAccount,
  ) {
    this.stateFile = join(dataDirectory, 'postgres.json');
    this.logFile = join(account.directory, 'postgres.log');
  }

  /** @param mode who runs it: found out when absent. */
  static async in(dataDirectory: string, mode?: AccountMode): Promise<EmbeddedPostgres> {
    const directory = join(dataDirectory, 'postgres');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return new EmbeddedPostgres(dataDirectory, postgresAccount(await findPostgresBinaries(), directory, mode));
  }

  /** With the password: not for logs. Known once the server has been started or adopted. */
  get url(): string {
    const { port, password } = this.demandState();
    return `postgres://mono:${password}@127.0.0.1:${port}/mono`;
  }

  /** Where cluster and log are: below DATA_DIR, or where the account that runs it can reach them. */
  get directory(): string {
    return this.account.directory;
  }

  async isRunning(): Promise<boolean> {
    // Another instance may have started it on another port.
    this.state = this.readState();
    if (!this.state) return false;
    try {
      // Another installation's server may have taken our port.
      const [row] = await this.ask<{ directory: string }>(`SELECT current_setting('data_directory') AS directory`);
      return row !== undefined && realpathSync(row.directory) === realpathSync(this.cluster);
    } catch {
      return false;
    }
  }

  async ensureRunning(): Promise<void> {
    this.logStart = existsSync(this.logFile) ? statSync(this.logFile).size : 0;
    if (!(await this.isRunning())) {
      if (!existsSync(join(this.cluster, 'PG_VERSION'))) await this.initialize();
      await this.checkVersion();
      if (!(await this.isComingUp())) await this.launch();
    }
    try {
      const [found] = await this.ask(`SELECT datname FROM pg_database WHERE datname = 'mono'`);
      if (!found) await this.ask('CREATE DATABASE mono');
    } catch (error) {
      throw this.explain(error, 'PostgreSQL did not start.');
    }
  }

  async stop(): Promise<void> {
    if (!existsSync(join(this.cluster, 'postmaster.pid'))) return;
    await this.account
      .run('pg_ctl', ['stop', '-D', this.cluster, '-m', 'fast', '-w', '-t', String(START_TIMEOUT_SECONDS)])
      .catch(async (error: unknown) => {
        if (await this.isRunning()) throw error;
      });
  }

  private get cluster(): string {
    return join(this.account.directory, 'cluster');
  }

  private async initialize(): Promise<void> {
    const password = randomBytes(24).toString('base64url');
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
      // The password first: without it the cluster could not be used, without the cluster it does no harm.
      this.writeState({ port: await freePort(), password });
      renameSync(partial, this.cluster);
    } catch (error) {
      throw this.explain(error, 'PostgreSQL could not make its data directory.');
    } finally {
      rmSync(passwordFile, { force: true });
    }
  }

  private async checkVersion(): Promise<void> {
    const has = readFileSync(join(this.cluster, 'PG_VERSION'), 'utf8').trim();
    const [, wants] = /\(PostgreSQL\) (\d+)/.exec(await this.account.run('postgres', ['--version'])) ?? [];
    if (has !== wants) {
      throw new StartUpError(
        `The data directory was made by PostgreSQL ${has}, this is PostgreSQL ${wants}.`,
        `Start the version of Mono that made it and dump the data, or move ${this.cluster} away to begin anew.`,
      );
    }
  }

  /** It was started by somebody who died since, and is perhaps still recovering. One that never gets ready is stopped. */
  private async isComingUp(): Promise<boolean> {
    if (!(await this.exists())) return false;
    const deadline = Date.now() + START_TIMEOUT_SECONDS * 1_000;
    while (Date.now() < deadline) {
      if (await this.isRunning()) return true;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    await this.stop();
    return false;
  }

  private exists(): Promise<boolean> {
    return this.account.run('pg_ctl', ['status', '-D', this.cluster]).then(
      () => true,
      () => false,
    );
  }

  private async launch(): Promise<void> {
    const known = this.demandState();
    const port = (await isFree(known.port)) ? known.port : await freePort();
    this.writeState({ ...known, port });
    const wait = ['-w', '-t', String(START_TIMEOUT_SECONDS)];
    const options = ['-s', '-l', this.logFile, '-o', `-p ${port} ${SERVER_OPTIONS}`];
    try {
      await this.account.run('pg_ctl', ['start', '-D', this.cluster, ...wait, ...options]);
    } catch (error) {
      throw this.explain(error, 'PostgreSQL did not start.');
    }
  }

  /** Of the database that is always there. */
  private async ask<Row extends object>(statement: string): Promise<Row[]> {
    const url = new URL(this.url);
    url.pathname = '/postgres';
    const client = new Client({ connectionString: url.href, connectionTimeoutMillis: PROBE_TIMEOUT_MS });
    client.on('error', () => {});
    try {
      await client.connect();
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  }

  private explain(cause: unknown, what: string): StartUpError {
    const log = existsSync(this.logFile)
      ? readFileSync(this.logFile).subarray(this.logStart).toString().slice(-4_000)
      : '';
    const said = `${(cause as { stderr?: string }).stderr ?? ''}\n${String(cause)}\n${log}`;
    if (/No space left on device|ENOSPC/.test(said)) {
      return new StartUpError(
        `${what} The disk is full.`,
        `Free some space on the disk of ${this.account.directory} and start again.`,
        { cause },
      );
    }
    return new StartUpError(what, `Its log is ${this.logFile}.`, { cause });
  }

  private demandState(): State {
    this.state ??= this.readState();
    if (!this.state)
      throw new StartUpError(
        'The password of the embedded PostgreSQL is gone.',
        `Restore ${this.stateFile}, or move the database away to begin anew.`,
      );
    return this.state;
  }

  private readState(): State | undefined {
    return existsSync(this.stateFile) ? (JSON.parse(readFileSync(this.stateFile, 'utf8')) as State) : undefined;
  }

  private writeState(state: State): void {
    const partial = `${this.stateFile}.partial`;
    writeFileSync(partial, JSON.stringify(state), { mode: 0o600 });
    renameSync(partial, this.stateFile);
    this.state = state;
  }
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
