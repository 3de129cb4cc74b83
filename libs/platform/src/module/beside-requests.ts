// What every module does beside the requests: it relays its events, and prunes what has had its time.
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { OutboxRelay, type OutboxSignal } from '@mono/bus/outbox';
import { Periodic } from '../host/periodic.js';
import type { FeatureParts } from './feature-module.js';
import type { OnBusListening } from './on-bus-listening.js';
import { watchedRelay } from './outbox.module.js';
import { PRUNING_INTERVAL_MS } from './pruning.js';

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
  { eventAgeMs, replicas, ...parts }: Omit<FeatureParts, 'settings'>,
  signal: OutboxSignal,
): OutboxRelay {
  return watchedRelay({ ...parts, module, node: { eventAgeMs, replicas }, signal });
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
