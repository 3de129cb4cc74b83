// The embedded nats-server of a data directory: detached from the node that starts it, shared by all nodes of the directory,
// on a stable port.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect as connectSocket, createServer, type AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { promisify } from 'node:util';
import { connect, type ConnectionOptions, type TlsOptions } from '@nats-io/transport-node';
import { clusterBlock, clusterPassword, hasQuorum, type ClusterOptions } from './cluster.js';
import { followLog, type ServerLogLine } from './log-follower.js';
import { NatsClients } from './nats-clients.js';
import { hasOutgrown, jetStreamStore, shareOfDisk, type JetStreamStore } from './jetstream-store.js';
import { argumentsOf, isSamePlace, placeOf, worksIn, type Place } from '../host/place.js';
import {
  DEFAULT_SYNC_INTERVAL,
  reachable,
  settingsBlock,
  withJetStream,
  type NatsServerSettings,
} from './server-settings.js';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;
const POLL_MS = 50;
const QUORUM_TIMEOUT_MS = 120_000;
const PORT_PATIENCE_MS = 5_000;
const CLIENTS_FILE = 'clients.conf';
const PROBE_TIMEOUT_MS = 1_000;
const PROBES = 4;
const STORE_TIMEOUT_MS = 2_000;
const LOOPBACK = '127.0.0.1';
const VERSION_TIMEOUT_MS = 10_000;
const run = promisify(execFile);

interface State {
  /** Address to connect to; absent in state files of earlier releases: 127.0.0.1. */
  host?: string;
  /** Present with TLS. */
  tls?: { caFile?: string | undefined };
  port: number;
  monitorPort: number;
  password: string;
  pid?: number;
  /** Random, so that clients recognise another server at the same address; absent in the files of earlier releases. */
  serverName?: string;
  /** The data directory at the last start; absent in the files of earlier releases. */
  place?: Place;
}

export interface EmbeddedNatsOptions {
  /** Finds the program. Called only to start the server. */
  program: () => Promise<string>;
  dataDirectory: string;
  /** The base configuration, nats.conf. */
  configuration: string;
  cluster?: ClusterOptions | undefined;
  server?: NatsServerSettings;
  /** Timeout of a start. Default: 30 s. */
  startTimeoutMs?: number;
}

export class EmbeddedNats {
  readonly name = 'NATS';
  relocated = false;
  private readonly stateFile: string;
  private readonly pidFile: string;
  private readonly logFile: string;
  /** The outside clients of the API over NATS. */
  readonly clients: NatsClients;

  constructor(private readonly options: EmbeddedNatsOptions) {
    const { dataDirectory } = options;
    this.stateFile = join(dataDirectory, 'nats.json');
    this.pidFile = join(dataDirectory, 'nats', 'nats.pid');
    this.logFile = join(dataDirectory, 'logs', 'nats.log');
    this.clients = new NatsClients(join(dataDirectory, 'nats', CLIENTS_FILE));
    for (const directory of ['nats', 'logs'])
      mkdirSync(join(dataDirectory, directory), { recursive: true, mode: 0o700 });
  }

  /** With the password: not for logs. */
  get url(): string {
    const { host = LOOPBACK, port, password, tls } = this.state();
    return `${tls ? 'tls' : 'nats'}://mono:${password}@${bracketed(host)}:${port}`;
  }

  /** The name that the server reports; undefined in a cluster, where a client may use any member. */
  get serverName(): string | undefined {
    return this.options.cluster ? undefined : this.state().serverName;
  }

  /** The CA file of its certificate, if TLS uses a CA that the machine does not know. */
  get caFile(): string | undefined {
    return existsSync(this.stateFile) ? this.state().tls?.caFile : undefined;
  }

  /** Follows new lines of its log. @returns a function that stops. */
  followLog(onLine: (line: ServerLogLine) => void): () => void {
    return followLog(this.logFile, onLine);
  }

  async isRunning(): Promise<boolean> {
    if (!existsSync(this.stateFile) || this.pid() === undefined) return false;
    const { host = LOOPBACK, port } = this.state();
    if (!(await greets(host, port))) return false;
    // Another server may use the port; only this one has the password and the name.
    try {
      const connection = await connect(this.probe());
      const name = connection.info?.server_name;
      await connection.close();
      if (this.serverName !== undefined && name !== this.serverName) return false;
    } catch {
      return false;
    }
    // A server with a disabled JetStream or a hanging store still accepts connections.
    return (await this.store()) !== undefined;
  }

  /** Whether its process is alive, in any state. */
  isAlive(): boolean {
    return this.pid() !== undefined;
  }

  /** @returns undefined if JetStream does not serve. */
  async store(): Promise<JetStreamStore | undefined> {
    if (!existsSync(this.stateFile)) return undefined;
    return jetStreamStore(this.state().monitorPort, STORE_TIMEOUT_MS);
  }

  /** @returns why the running server needs a restart; undefined if it does not. */
  async isOutdated(): Promise<string | undefined> {
    if (this.options.server?.maxStoreBytes !== undefined) return undefined;
    const store = await this.store();
    return store && (await hasOutgrown(store, this.storeDirectory)) ? 'its streams have more room now' : undefined;
  }

  /** A single missed answer of a live server is no reason to end it. */
  private async answersInTime(): Promise<boolean> {
    for (let probe = 1; ; probe += 1) {
      if (await this.isRunning()) return true;
      if (probe === PROBES || this.pid() === undefined) return false;
      await sleep(PROBE_TIMEOUT_MS);
    }
  }

  async ensureRunning(): Promise<void> {
    if (await this.answersInTime()) return;
    // A server that hangs or is still starting cannot be joined.
    await this.stop();
    const program = await this.options.program();
    const state = await this.prepareState();
    const configuration = await this.prepareConfiguration(await knowsSyncInterval(program));
    const log = openSync(`${this.logFile}.start`, 'w', 0o600);
    // The server limits its log file. Its output before it has read the configuration goes to another file.
    const child = spawn(program, ['-c', configuration, '-P', this.pidFile, '-l', this.logFile], {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: this.options.dataDirectory,
      env: {
        PATH: process.env['PATH'],
        NATS_LISTEN: `"${bracketed(this.options.server?.host ?? LOOPBACK)}:${state.port}"`,
        NATS_MONITOR: `"127.0.0.1:${state.monitorPort}"`,
        NATS_STORE: JSON.stringify(this.storeDirectory),
        NATS_PASSWORD: state.password,
        NATS_NAME: this.options.cluster?.serverName ?? state.serverName ?? 'mono',
      },
    });
    closeSync(log);
    child.unref();
    try {
      await this.waitUntilAnswering(child);
    } catch (error) {
      await endProcess(child);
      rmSync(this.pidFile, { force: true });
      throw error;
    }
    // A server without a majority keeps running, because the others need it to form one.
    if (this.options.cluster) await this.waitForQuorum();
  }

  private async waitUntilAnswering(child: ChildProcess): Promise<void> {
    let ended: string | undefined;
    child.once('error', (error) => (ended = error.message));
    child.once('exit', (code, signal) => (ended = `it ended with ${signal ?? code}`));
    const deadline = Date.now() + (this.options.startTimeoutMs ?? START_TIMEOUT_MS);
    while (!(await this.isRunning())) {
      if (ended !== undefined || Date.now() > deadline) throw this.failure(ended ?? 'it does not answer');
      await sleep(POLL_MS);
    }
  }

  async stop(): Promise<void> {
    const pid = this.pid();
    if (pid === undefined) return;
    for (const [signal, limitMs] of [
      ['SIGTERM', STOP_TIMEOUT_MS],
      ['SIGKILL', STOP_TIMEOUT_MS],
    ] as const) {
      trySignal(pid, signal);
      const deadline = Date.now() + limitMs;
      while (this.pid() === pid && Date.now() < deadline) await sleep(POLL_MS);
      if (this.pid() !== pid) break;
    }
    rmSync(this.pidFile, { force: true });
  }

  /** The pid of this directory's server while it is alive. */
  private pid(): number | undefined {
    const pid = this.pidInFile();
    return pid !== undefined && this.isOurs(pid) ? pid : undefined;
  }

  private pidInFile(): number | undefined {
    if (!existsSync(this.pidFile)) return undefined;
    const pid = Number(readFileSync(this.pidFile, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  }

  /** Whether the pid file comes from a copy, and the server of the original is alive. */
  private namesAnother(): boolean {
    const pid = this.pidInFile();
    return pid !== undefined && !this.isOurs(pid) && this.hasPidFile(argumentsOf(pid));
  }

  private hasPidFile(words: readonly string[] = []): boolean {
    return words.some((word) => basename(word) === basename(this.pidFile));
  }

  /** Pids are reused, and a copied pid file names the server of another directory. */
  private isOurs(pid: number): boolean {
    const works = worksIn(pid, this.options.dataDirectory);
    const words = argumentsOf(pid);
    if (works !== undefined) return works && this.hasPidFile(words);
    return words?.some((word) => word.includes(this.pidFile)) ?? false;
  }

  /** Writes a copy of the base configuration and the clients of this installation. @returns the path of the copy. */
  private async prepareConfiguration(syncIntervalKnown: boolean): Promise<string> {
    const directory = join(this.options.dataDirectory, 'nats');
    this.clients.ensure();
    keepStreams(join(this.storeDirectory, 'jetstream'));
    const file = join(directory, 'server.conf');
    const { configuration, cluster, server = {} } = this.options;
    const maxStoreBytes = server.maxStoreBytes ?? (await shareOfDisk(this.storeDirectory, this.storedBytes()));
    const syncInterval = syncIntervalKnown ? (server.syncInterval ?? DEFAULT_SYNC_INTERVAL) : undefined;
    const parts = [
      withJetStream(readFileSync(configuration, 'utf8'), { domain: server.domain, maxStoreBytes, syncInterval }),
      settingsBlock(server),
      cluster && clusterBlock(cluster, server.tls),
    ];
    writeFileSync(file, parts.filter(Boolean).join('\n'), { mode: 0o600 });
    return file;
  }

  /** Reloads the users and disconnects removed ones. @returns whether a server runs here. */
  reload(): boolean {
    const pid = this.pid();
    if (pid === undefined) return false;
    trySignal(pid, 'SIGHUP');
    return true;
  }

  private async prepareState(): Promise<State> {
    const last = existsSync(this.stateFile) ? this.state() : undefined;
    const place = placeOf(this.options.dataDirectory);
    this.relocated = last?.place ? !isSamePlace(last.place, place) : this.namesAnother();
    // The port and the password of the last start belong to the original, whose nodes must not reach this server.
    const known = this.relocated ? undefined : last;
    const { host = LOOPBACK, tls } = this.options.server ?? {};
    const state: State = {
      place,
      serverName: known?.serverName ?? `mono-${randomBytes(8).toString('hex')}`,
      host: reachable(host),
      ...(tls && { tls: { caFile: tls.caFile } }),
      password: this.password(known),
      port: await this.port(known),
      monitorPort: known && (await becomesFree(known.monitorPort)) ? known.monitorPort : await freePort(),
    };
    const partial = `${this.stateFile}.partial`;
    writeFileSync(partial, JSON.stringify(state), { mode: 0o600 });
    renameSync(partial, this.stateFile);
    return state;
  }

  /** The requested port, that of the last start, or a free one. */
  private async port(known: State | undefined): Promise<number> {
    const asked = this.options.server?.port;
    if (asked !== undefined) {
      if (await becomesFree(asked)) return asked;
      throw new Error(`NATS did not start: its port ${asked} is in use.`);
    }
    return known && (await becomesFree(known.port)) ? known.port : freePort();
  }

  /** The size of the streams while no server runs. */
  private storedBytes(): number {
    const streams = join(this.storeDirectory, 'jetstream');
    if (!existsSync(streams)) return 0;
    const files = readdirSync(streams, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return files.reduce((bytes, { parentPath, name }) => bytes + statSync(join(parentPath, name)).size, 0);
  }

  private get storeDirectory(): string {
    return this.options.server?.storeDirectory ?? join(this.options.dataDirectory, 'nats');
  }

  private probe(): ConnectionOptions {
    const { host = LOOPBACK, port, password, tls } = this.state();
    return {
      servers: `${bracketed(host)}:${port}`,
      user: 'mono',
      pass: password,
      reconnect: false,
      timeout: PROBE_TIMEOUT_MS,
      ...(tls && { tls: tlsTo(host, tls.caFile) }),
    };
  }

  /** The same in the whole cluster, so that a node can use the server of another one. */
  private password(known: State | undefined): string {
    const { cluster } = this.options;
    if (cluster) return clusterPassword(cluster.secret);
    // Starts with a letter, because nats.conf would read 1e5… as a number.
    return known?.password ?? `n${randomBytes(24).toString('hex')}`;
  }

  /** A server of a cluster is usable once a majority has elected a leader. */
  private async waitForQuorum(): Promise<void> {
    const deadline = Date.now() + QUORUM_TIMEOUT_MS;
    while (!(await hasQuorum(this.probe()))) {
      if (Date.now() > deadline) throw this.failure('its cluster has no majority (NATS_CLUSTER_ROUTES)');
      await sleep(POLL_MS * 4);
    }
  }

  private state(): State {
    return JSON.parse(readFileSync(this.stateFile, 'utf8')) as State;
  }

  private failure(reason: string): Error {
    const logs = [this.logFile, `${this.logFile}.start`].filter(existsSync);
    const log = logs.map((file) => readFileSync(file, 'utf8').slice(-4_000)).join('\n');
    if (/no space left/i.test(log))
      return new Error(`NATS did not start: the disk of ${this.options.dataDirectory} is full.`);
    return new Error(`NATS did not start: ${reason}. Its log is ${this.logFile}.`);
  }
}

/** Servers before 2.10 do not start with `sync_interval`. An unknown format of the version counts as newer. */
async function knowsSyncInterval(program: string): Promise<boolean> {
  try {
    const { stdout } = await run(program, ['--version'], { timeout: VERSION_TIMEOUT_MS });
    const [, major, minor] = /(?:^|v)(\d+)\.(\d+)\.\d+/.exec(stdout)?.map(Number) ?? [];
    return major === undefined || major > 2 || (major === 2 && (minor ?? 0) >= 10);
  } catch {
    // A fault of the program shows at its start.
    return false;
  }
}

/** Releases without accounts kept the streams in the default account; they belong to the nodes. */
function keepStreams(store: string): void {
  const [before, now] = [join(store, '$G'), join(store, 'NODES')];
  if (existsSync(before) && !existsSync(now)) renameSync(before, now);
}

function trySignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has exited.
  }
}

/** The client library verifies the certificate of an IP address against `localhost` (nats-io/nats.js#303). */
function tlsTo(host: string, caFile: string | undefined): TlsOptions {
  const check = (_name: string, certificate: PeerCertificate): Error | undefined =>
    checkServerIdentity(host, certificate);
  return { ...(caFile !== undefined && { caFile }), checkServerIdentity: check } as TlsOptions;
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  const forced = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  child.kill('SIGTERM');
  await exited;
  clearTimeout(forced);
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function greets(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket(port, host);
    const answer = (greeted: boolean): void => {
      socket.destroy();
      resolve(greeted);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => answer(false));
    socket.once('error', () => answer(false));
    socket.once('data', (data) => answer(data.toString().startsWith('INFO')));
  });
}

/** A killed server holds its port for a moment, and nodes should find the new one at the same port. */
async function becomesFree(port: number): Promise<boolean> {
  const deadline = Date.now() + PORT_PATIENCE_MS;
  while (!(await isFree(port))) {
    if (Date.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
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
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
