// Answers $SRV.PING, $SRV.INFO and $SRV.STATS like a NATS service (ADR-32): one service per module, with the timings of its
// handlers.
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { nuid } from '@nats-io/transport-node';
import type { BusHost } from '../bus-host.js';
import type { Endpoint } from '../calls/endpoint.js';

const VERBS = ['PING', 'INFO', 'STATS'] as const;
type Verb = (typeof VERBS)[number];

const TYPE = 'io.nats.micro.v1';
const NS_PER_MS = 1e6;
/** Required by the protocol; the version of a contract is in its subject. */
const VERSION = '1.0.0';

export class Discovery {
  private readonly id = nuid.next();
  private readonly started = new Date().toISOString();
  private subscriptions: Subscription[] = [];
  private on: NatsConnection | undefined;

  constructor(
    private readonly host: BusHost,
    private readonly endpoints: () => readonly Endpoint[],
  ) {}

  listen(connection: NatsConnection): void {
    if (this.on === connection) return;
    this.on = connection;
    const modules = [...new Set(this.endpoints().map(({ contract }) => contract.module))];
    this.subscriptions = VERBS.map((verb) => this.subscribe(connection, `$SRV.${verb}`, verb, modules));
    for (const verb of VERBS) {
      for (const module of modules) {
        for (const subject of [`$SRV.${verb}.${module}`, `$SRV.${verb}.${module}.${this.idOf(module)}`]) {
          this.subscriptions.push(this.subscribe(connection, subject, verb, [module]));
        }
      }
    }
  }

  async drain(): Promise<void> {
    await Promise.all(this.subscriptions.map((subscription) => subscription.drain().catch(() => undefined)));
    this.subscriptions = [];
  }

  private subscribe(connection: NatsConnection, subject: string, verb: Verb, modules: readonly string[]): Subscription {
    return connection.subscribe(subject, {
      callback: (error, message: Msg) => {
        if (error || !message.reply) return;
        for (const module of modules) connection.publish(message.reply, JSON.stringify(this.describe(verb, module)));
      },
    });
  }

  private idOf(module: string): string {
    return `${this.id}-${module}`;
  }

  private describe(verb: Verb, module: string): object {
    const metadata = { node: this.host.self.id };
    const about = { name: module, id: this.idOf(module), version: VERSION, metadata };
    if (verb === 'PING') return { type: `${TYPE}.ping_response`, ...about };
    const endpoints = this.endpoints().filter(({ contract }) => contract.module === module);
    if (verb === 'INFO') {
      const description = `The module ${module}`;
      return { type: `${TYPE}.info_response`, ...about, description, endpoints: endpoints.map(infoOf) };
    }
    return { type: `${TYPE}.stats_response`, ...about, started: this.started, endpoints: endpoints.map(statsOf) };
  }
}

function named({ contract: { name, subject, module } }: Endpoint): {
  name: string;
  subject: string;
  queue_group: string;
} {
  return { name, subject, queue_group: module };
}

function infoOf(endpoint: Endpoint): object {
  const { version, kind } = endpoint.contract;
  return { ...named(endpoint), metadata: { kind, version: String(version) } };
}

function statsOf(endpoint: Endpoint): object {
  const { requests, errors, lastError, processingMs } = endpoint.stats;
  return {
    ...named(endpoint),
    num_requests: requests,
    num_errors: errors,
    last_error: lastError,
    processing_time: Math.round(processingMs * NS_PER_MS),
    average_processing_time: requests === 0 ? 0 : Math.round((processingMs * NS_PER_MS) / requests),
    data: { in_flight: endpoint.slots.inFlight, queued: endpoint.slots.queued },
  };
}
