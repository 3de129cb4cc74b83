// A feature's events: the relay of its outbox, and how long its inbox remembers what was handled.
import {
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { Bus, BusConnection, type BusLogger } from '@mono/bus';
import { OutboxRelay, OutboxSignal, pruneInbox } from '@mono/bus/outbox';
import { PinoLogger } from 'nestjs-pino';
import type { Database } from '../database/database.js';
import { Metrics } from '../metrics/metrics.js';
import { watchOutbox } from '../metrics/watch-outbox.js';
import { schemaOf } from './feature.js';
import { NodeInfo, OpenDatabases, type NodeFacts } from './node-tokens.js';
import { Periodically } from './periodic-work.js';
import { eventMemoryMs, PRUNING_INTERVAL_MS } from './pruning.js';

export interface OutboxOptions {
  /** The feature. */
  module: string;
  /** Whether it has the table of `createInboxV1`, from which events that cannot come again are then pruned. */
  inbox?: boolean;
}

/** In which a stream knows an event that comes again. */
const DUPLICATE_WINDOW_MS = 10 * 60 * 1_000;

export interface RelayParts {
  module: string;
  database: Database;
  bus: Bus;
  connection: BusConnection;
  signal: OutboxSignal;
  node: Pick<NodeFacts, 'eventAgeMs' | 'replicas'>;
  metrics: Metrics;
  logger: BusLogger;
}

/** The relay of a module's outbox, with its metrics. */
export function watchedRelay({
  module,
  database,
  bus,
  connection,
  signal,
  node,
  metrics,
  logger,
}: RelayParts): OutboxRelay {
  const { eventAgeMs, replicas } = node;
  const relay = new OutboxRelay({
    module,
    // Nodes of all releases compete for the same lock.
    lock: `mono.outbox.${module}`,
    pool: database.pool,
    connection,
    signal,
    stream: { module, maxAgeMs: eventAgeMs, duplicateWindowMs: DUPLICATE_WINDOW_MS, replicas },
    logger,
    middleware: bus.host.middleware,
  });
  watchOutbox(metrics, module, relay, database);
  return relay;
}

/** Publishes from the start of the application to its end. */
class RunningRelay implements OnModuleInit, OnApplicationShutdown {
  private relay: OutboxRelay | undefined;

  constructor(private readonly parts: RelayParts) {}

  onModuleInit(): void {
    this.relay = watchedRelay(this.parts);
    this.relay.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.relay?.stop();
  }
}

class InboxPruning {
  constructor(
    private readonly database: Database,
    private readonly schema: string,
    private readonly node: NodeInfo,
  ) {}

  @Periodically({ everyMs: PRUNING_INTERVAL_MS, atStart: true, failure: 'Failed to prune the inbox' })
  prune(): Promise<unknown> {
    return pruneInbox(this.database, this.schema, eventMemoryMs(this.node));
  }
}

@Module({})
export class OutboxModule {
  /** Provides `OutboxSignal`: wake it after each commit that wrote an event. */
  static forFeature({ module, inbox = false }: OutboxOptions): DynamicModule {
    const providers: Provider[] = [OutboxSignal, runningRelay(module)];
    if (inbox) providers.push(inboxPruning(module));
    return { module: OutboxModule, providers, exports: [OutboxSignal] };
  }
}

@Module({})
export class InboxModule {
  /** For a feature that consumes events and emits none. */
  static forFeature({ module }: Pick<OutboxOptions, 'module'>): DynamicModule {
    return { module: InboxModule, providers: [inboxPruning(module)] };
  }
}

function inboxPruning(module: string): Provider {
  return {
    provide: InboxPruning,
    inject: [OpenDatabases, NodeInfo],
    useFactory: (databases: OpenDatabases, node: NodeInfo) =>
      new InboxPruning(databases.of(module), schemaOf(module), node),
  };
}

function runningRelay(module: string): Provider {
  return {
    provide: RunningRelay,
    inject: [OpenDatabases, Bus, BusConnection, OutboxSignal, NodeInfo, Metrics, PinoLogger],
    useFactory: (
      databases: OpenDatabases,
      bus: Bus,
      connection: BusConnection,
      signal: OutboxSignal,
      node: NodeInfo,
      metrics: Metrics,
      logger: PinoLogger,
    ) => new RunningRelay({ module, database: databases.of(module), bus, connection, signal, node, metrics, logger }),
  };
}
