// What every module does beside the requests: it relays its events, and prunes what has had its time.
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { OutboxRelay, type OutboxSignal } from '@mono/bus/outbox';
import { Periodic } from '../host/periodic.js';
import { watchOutbox } from '../metrics/watch-outbox.js';
import type { FeatureParts } from './feature-module.js';
import type { OnBusListening } from './on-bus-listening.js';

const DUPLICATE_WINDOW_MS = 10 * 60 * 1_000;
const PRUNING_INTERVAL_MS = 10 * 60 * 1_000;
/** How long dead letters are kept, and a margin. */
const LETTERS_MS = 120 * 24 * 60 * 60 * 1_000;

/** Something that runs until it is stopped. */
export interface Work {
  start(): void;
  stop(): Promise<void>;
}

/** To be provided: starts what runs beside the requests, and stops it before the connections go. */
export class Background implements OnModuleInit, OnBusListening, OnApplicationShutdown {
  constructor(private readonly work: readonly Work[]) {}

  /** A relay calls no module, and declares the stream that consumers of all modules wait for. */
  onModuleInit(): void {
    for (const work of this.work) if (work instanceof OutboxRelay) work.start();
  }

  onBusListening(): void | Promise<void> {
    for (const work of this.work) if (!(work instanceof OutboxRelay)) work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.work.map((work) => work.stop()));
  }
}

/** The relay of a module's outbox, which the metrics watch. */
export function makeRelay(
  module: string,
  { database, bus, connection, eventAgeMs, replicas, logger, metrics }: Omit<FeatureParts, 'settings'>,
  signal: OutboxSignal,
): OutboxRelay {
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

/** @param what is pruned, as a log tells that it could not be: `Old idempotency keys`. */
export function makePruning(
  { logger }: Pick<FeatureParts, 'logger'>,
  what: string,
  work: () => Promise<unknown>,
): Periodic {
  return new Periodic(work, {
    intervalMs: PRUNING_INTERVAL_MS,
    atOnce: true,
    onError: (error) => logger.warn({ err: error }, `${what} could not be pruned`),
  });
}

/** How long an event may still come, out of its stream or back from the dead letters: until then it is remembered. */
export function eventMemoryMs({ eventAgeMs }: Pick<FeatureParts, 'eventAgeMs'>): number {
  return eventAgeMs + LETTERS_MS;
}
