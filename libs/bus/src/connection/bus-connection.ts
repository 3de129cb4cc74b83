// A node's connection to NATS. It is made in the background and made again for ever: a node boots and serves without it.
import { connect, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import type { BusLogger } from '../logger.js';

const RETRY_MS = 500;
const PING_INTERVAL_MS = 5_000;

export interface BusConnectionOptions {
  /** One or several URLs, separated by commas; may hold user and password, which never reach a log. */
  url: string;
  /** Shown by the server's connection list. */
  name: string;
  logger: BusLogger;
}

type Listener = (connection: NatsConnection) => void;

export class BusConnection {
  reconnects = 0;
  private current: NatsConnection | undefined;
  private up = false;
  private closing = false;
  private readonly listeners = new Set<Listener>();
  private attempt: Promise<void> | undefined;

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
    let told = false;
    while (!this.closing) {
      try {
        this.current = await connect(connectionOptions(this.options));
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

  private announce(): void {
    this.up = true;
    this.options.logger.info({ server: this.current?.getServer() }, 'The bus is connected');
    if (this.current) for (const listener of this.listeners) listener(this.current);
  }

  private async watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        this.up = false;
        if (!this.closing) this.options.logger.warn({}, 'The bus is lost');
      }
      if (status.type === 'reconnect') {
        this.reconnects += 1;
        this.announce();
      }
    }
    this.up = false;
  }
}

function connectionOptions({ url, name }: BusConnectionOptions): ConnectionOptions {
  const urls = url.split(',').map((text) => new URL(text.trim()));
  return {
    servers: urls.map(({ host }) => host),
    name,
    ...Object.assign({}, ...urls.map(credentialsOf)),
    maxReconnectAttempts: -1,
    reconnectTimeWait: RETRY_MS,
    waitOnFirstConnect: false,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: 2,
  };
}

/** nats://user:password@… or nats://token@…; tls:// demands TLS. */
function credentialsOf({
  protocol,
  username,
  password,
}: URL): Pick<ConnectionOptions, 'user' | 'pass' | 'token' | 'tls'> {
  const tls = protocol === 'tls:' ? { tls: {} } : {};
  if (password !== '') return { ...tls, user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  return username === '' ? tls : { ...tls, token: decodeURIComponent(username) };
}
