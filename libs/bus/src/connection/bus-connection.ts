// A node's connection to NATS. It connects in the background and reconnects without limit, so that a node starts and serves
// without NATS.
import { readFileSync } from 'node:fs';
import {
  connect,
  credsAuthenticator,
  nkeyAuthenticator,
  type ConnectionOptions,
  type NatsConnection,
} from '@nats-io/transport-node';
import type { BusLogger } from '../logger.js';
import { tlsOptions, type BusTls } from './tls-options.js';
import { knownLosses, tooOld } from './server-version.js';

const RETRY_MS = 500;
const PING_INTERVAL_MS = 5_000;

/** Credentials of a node, if the URL has none. */
export interface BusCredentials {
  /** A credentials file as `nsc` writes it: JWT and NKey seed. */
  credentialsFile?: string | undefined;
  /** A file with an NKey seed. */
  nkeySeedFile?: string | undefined;
}

export interface BusConnectionOptions {
  /**
   * One or several URLs, comma-separated; tls:// requires TLS. User and password in it are never logged. A function is called
   * again while disconnected: the server may restart at another address.
   */
  url: string | (() => string);
  /** The name that the server must have. A connection to another server is closed before it is used. */
  serverName?: () => string | undefined;
  /** Shown in the server's list of connections. */
  name: string;
  logger: BusLogger;
  credentials?: BusCredentials;
  tls?: BusTls;
}

type Listener = (connection: NatsConnection) => void;

export class BusConnection {
  reconnects = 0;
  /** Why the server cannot be used; undefined if it can. */
  fault: string | undefined;
  private current: NatsConnection | undefined;
  private connectedTo: string | undefined;
  private up = false;
  private closing = false;
  private readonly listeners = new Set<Listener>();
  private attempt: Promise<void> | undefined;
  private readonly warned = new Set<string>();

  constructor(private readonly options: BusConnectionOptions) {}

  /** Starts to connect; returns at once. */
  start(): void {
    this.attempt ??= this.keepTrying();
  }

  get connected(): boolean {
    return this.up;
  }

  /** The connection while it is up. */
  get live(): NatsConnection | undefined {
    return this.up ? this.current : undefined;
  }

  /** Calls back on every connect and reconnect, and at once if connected. @returns a function that unsubscribes. */
  onConnected(listener: Listener): () => void {
    this.listeners.add(listener);
    if (this.live) listener(this.live);
    return () => this.listeners.delete(listener);
  }

  /** Sends pending messages, then closes. */
  async close(): Promise<void> {
    this.closing = true;
    if (this.current && !this.current.isClosed()) {
      await (this.up ? this.current.drain() : this.current.close()).catch((error: unknown) => {
        this.options.logger.warn({ err: error }, 'Failed to close the connection to NATS cleanly');
      });
    }
    await this.attempt;
  }

  private async keepTrying(): Promise<void> {
    while (!this.closing) {
      await this.connectOnce();
      // The library reconnects without limit. If it closes the connection all the same, a new one is opened.
      await this.current?.closed();
    }
  }

  private async connectOnce(): Promise<void> {
    let warned = false;
    this.current = undefined;
    while (!this.closing) {
      try {
        const url = this.url();
        const connection = await connect(connectionOptions(url, this.options));
        if (this.isOther(connection)) {
          await connection.close();
          throw new Error('Another NATS server uses this address.');
        }
        this.current = connection;
        this.connectedTo = url;
        break;
      } catch (error) {
        if (!warned) this.options.logger.warn({ err: error }, 'Cannot connect to NATS; retrying');
        warned = true;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    if (!this.current) return;
    if (this.closing) {
      await this.current.close();
      return;
    }
    void this.watch(this.current);
    this.announce();
  }

  private url(): string {
    const { url } = this.options;
    return typeof url === 'string' ? url : url();
  }

  private isOther({ info }: NatsConnection): boolean {
    const expected = this.options.serverName?.();
    return expected !== undefined && info?.server_name !== expected;
  }

  /** The library retries the known address only. Once closed, the connection is opened at the new address. */
  private async leaveWhenMoved(connection: NatsConnection): Promise<void> {
    while (!this.up && !this.closing && !connection.isClosed()) {
      if (this.hasMoved()) await connection.close();
      else await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  private hasMoved(): boolean {
    try {
      return this.url() !== this.connectedTo;
    } catch {
      // The address is unknown during a restart of the server.
      return false;
    }
  }

  private announce(): void {
    this.fault = tooOld(this.current?.info?.version ?? '');
    if (this.fault !== undefined) {
      this.options.logger.error({ server: this.current?.getServer() }, this.fault);
      return;
    }
    this.up = true;
    this.options.logger.info({ server: this.current?.getServer() }, 'Connected to NATS');
    this.warn();
    if (this.current) for (const listener of this.listeners) listener(this.current);
  }

  /** Once per server, since those of a cluster may differ. */
  private warn(): void {
    const { version = '', cluster } = this.current?.info ?? {};
    for (const loss of knownLosses(version, cluster !== undefined)) {
      if (this.warned.has(loss)) continue;
      this.warned.add(loss);
      this.options.logger.warn(
        { server: this.current?.getServer(), version, loss },
        'This NATS server is known to lose data',
      );
    }
  }

  private async watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        this.up = false;
        if (!this.closing) this.options.logger.warn({}, 'Disconnected from NATS');
        void this.leaveWhenMoved(connection);
      }
      if (status.type === 'reconnect') {
        if (this.isOther(connection)) {
          this.options.logger.warn(
            { server: connection.getServer() },
            'Another NATS server uses this address; disconnecting',
          );
          await connection.close();
          break;
        }
        this.reconnects += 1;
        this.announce();
      }
    }
    this.up = false;
  }
}

function connectionOptions(url: string, { name, credentials = {}, tls = {} }: BusConnectionOptions): ConnectionOptions {
  const urls = url.split(',').map((text) => new URL(text.trim()));
  const secure =
    urls.some(({ protocol }) => protocol === 'tls:') || Object.values(tls).some((file) => file !== undefined);
  return {
    servers: urls.map(({ host }) => host),
    name,
    ...Object.assign({}, ...urls.map(credentialsOf)),
    ...(secure && { tls: tlsOptions(tls, urls.map(hostOf)) }),
    ...authenticatorOf(credentials),
    maxReconnectAttempts: -1,
    // A server rejects credentials briefly while it reloads them.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: RETRY_MS,
    waitOnFirstConnect: false,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: 2,
    // Otherwise each publication to a stream creates two errors in advance for their stacks.
    noAsyncTraces: true,
  };
}

function authenticatorOf({ credentialsFile, nkeySeedFile }: BusCredentials): Pick<ConnectionOptions, 'authenticator'> {
  if (credentialsFile !== undefined) return { authenticator: credsAuthenticator(readFileSync(credentialsFile)) };
  if (nkeySeedFile === undefined) return {};
  const seed = readFileSync(nkeySeedFile, 'utf8').trim();
  return { authenticator: nkeyAuthenticator(Buffer.from(seed)) };
}

/** Without the brackets of IPv6. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** nats://user:password@… or nats://token@…. */
function credentialsOf({ username, password }: URL): Pick<ConnectionOptions, 'user' | 'pass' | 'token'> {
  if (password !== '') return { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  return username === '' ? {} : { token: decodeURIComponent(username) };
}
