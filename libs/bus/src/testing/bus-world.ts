// Nodes on one real nats-server, as many as a test wants; all of them end with it.
import { BusConnection } from '../connection/bus-connection.js';
import { Bus, type BusOptions } from '../bus.js';
import { startNatsServer, type NatsServer } from './nats-server.js';

export const SECRET = 'the secret of tests, and of nothing else';

export interface LoggedLine {
  level: 'info' | 'warn' | 'error';
  message: string;
  facts: Record<string, unknown>;
}

export class BusWorld {
  readonly log: LoggedLine[] = [];
  private readonly nodes: { bus: Bus; connection: BusConnection }[] = [];

  private constructor(readonly nats: NatsServer) {}

  static async start(): Promise<BusWorld> {
    return new BusWorld(await startNatsServer());
  }

  /** A connected node that serves nothing yet. */
  async node(options: Partial<BusOptions> = {}): Promise<Bus> {
    const logger = this.logger();
    const connection = new BusConnection({ url: this.nats.url, name: 'test', logger });
    connection.start();
    await new Promise<void>((resolve) => {
      const off = connection.onConnected(() => {
        setImmediate(() => off());
        resolve();
      });
    });
    const bus = new Bus({ connection, logger, secrets: [SECRET], ...options });
    this.nodes.push({ bus, connection });
    return bus;
  }

  /** Begins to serve, and waits until the server knows. */
  async serve(bus: Bus): Promise<Bus> {
    bus.start();
    await bus.host.connection.live?.flush();
    return bus;
  }

  async end(): Promise<void> {
    for (const { bus, connection } of this.nodes) {
      await bus.drain(1_000);
      await connection.close();
    }
    await this.nats.stop();
  }

  private logger(): BusOptions['logger'] {
    const write =
      (level: LoggedLine['level']) =>
      (facts: object, message: string): void =>
        void this.log.push({ level, message, facts: facts as Record<string, unknown> });
    return { info: write('info'), warn: write('warn'), error: write('error') };
  }
}

/** A promise and its resolver. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let resolveOpened: (() => void) | undefined;
  const opened = new Promise<void>((resolve) => {
    resolveOpened = resolve;
  });
  return { opened, open: () => resolveOpened?.() };
}
