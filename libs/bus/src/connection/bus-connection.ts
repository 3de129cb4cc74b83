// A node's connection to NATS. It is made in the background and made again for ever: a node boots and serves without it.
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

/** How a node proves who it is, where the URL does not. */
export interface BusCredentials {
  /** A credentials file as `nsc` writes it: JWT and NKey seed. */
  credentialsFile?: string | undefined;
  /** A file with an NKey seed. */
  nkeySeedFile?: string | undefined;
}

export interface BusConnectionOptions {
  /**
   * One or several URLs, separated by commas, of which tls:// demands TLS; may hold user and password, which never reach a
   * log. A function is asked anew while the bus is lost: the server may come up elsewhere.
   */
  url: string | (() => string);
  /** The name that the server must have. A connection to another one is closed before anything is set up there. */
  serverName?: () => string | undefined;
  /** Shown by the server's connection list. */
  name: string;
  logger: BusLogger;
  credentials?: BusCredentials;
  tls?: BusTls;
}

type Listener = (connection: NatsConnection) => void;

export class BusConnection {
  reconnects = 0;
  /** Why the server that answers is of no use; undefined while there is no such. */
  fault: string | undefined;
  private current: NatsConnection | undefined;
  private connectedTo: string | undefined;
  private up = false;
  private closing = false;
  private readonly listeners = new Set<Listener>();
  private attempt: Promise<void> | undefined;
  private readonly warned = new Set<string>();

  constructor(private readonly options: BusConnectionOptions) {}

  /** Begins to connect; returns at once. */
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

  /** Calls back on every connect and reconnect, and at once when connected already. @returns how to unsubscribe. */
  onConnected(listener: Listener): () => void {
    this.listeners.add(listener);
    if (this.live) listener(this.live);
    return () => this.listeners.delete(listener);
  }

  /** Lets what was published leave, then closes. */
  async close(): Promise<void> {
    this.closing = true;
    if (this.current && !this.current.isClosed()) {
      await (this.up ? this.current.drain() : this.current.close()).catch((error: unknown) => {
        this.options.logger.warn({ err: error }, 'The bus connection did not close cleanly');
      });
    }
    await this.attempt;
  }

  private async keepTrying(): Promise<void> {
    while (!this.closing) {
      await this.connectOnce();
      // It reconnects by itself for ever; where the library gives up all the same, it is made anew.
      await this.current?.closed();
    }
  }

  private async connectOnce(): Promise<void> {
    let told = false;
    this.current = undefined;
    while (!this.closing) {
      try {
        const url = this.url();
        const connection = await connect(connectionOptions(url, this.options));
        if (this.isOther(connection)) {
          await connection.close();
          throw new Error('Another NATS server has the address of this one.');
        }
        this.current = connection;
        this.connectedTo = url;
        break;
      } catch (error) {
        if (!told) this.options.logger.warn({ err: error }, 'The bus is away; trying until it is there');
        told = true;
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

  /** The library tries the address that it knows for ever: closed, the connection is made anew where the server is now. */
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
      // Its address is not known for a moment.
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
    this.options.logger.info({ server: this.current?.getServer() }, 'The bus is connected');
    this.warn();
    if (this.current) for (const listener of this.listeners) listener(this.current);
  }

  /** Once for each: servers of a cluster may differ. */
  private warn(): void {
    const { version = '', cluster } = this.current?.info ?? {};
    for (const loss of knownLosses(version, cluster !== undefined)) {
      if (this.warned.has(loss)) continue;
      this.warned.add(loss);
      this.options.logger.warn(
        { server: this.current?.getServer(), version, loss },
        'The NATS server is known to lose data',
      );
    }
  }

  private async watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        this.up = false;
        if (!this.closing) this.options.logger.warn({}, 'The bus is lost');
        void this.leaveWhenMoved(connection);
      }
      if (status.type === 'reconnect') {
        if (this.isOther(connection)) {
          this.options.logger.warn(
            { server: connection.getServer() },
            'Another NATS server has the address of the bus',
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
    // A server that is told of new credentials while it runs refuses the old ones for a moment.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: RETRY_MS,
    waitOnFirstConnect: false,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: 2,
    // Else each publication to a stream makes two errors beforehand, in case that it fails, for the sake of their stacks.
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
