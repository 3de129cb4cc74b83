// Periodic work is a method of a provider. It starts once the bus listens and ends before the connections close.
import 'reflect-metadata';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { PinoLogger } from 'nestjs-pino';
import { Periodic } from '../host/periodic.js';
import type { OnBusListening } from './on-bus-listening.js';

interface Common {
  /** The log's message when a round fails, such as "Failed to scan for due reminders". The next round comes all the same. */
  failure: string;
  /** Whether the first round begins at the start. Default: after one interval. */
  atStart?: boolean;
}

/** From the end of a round to the begin of the next, in milliseconds: a constant, or what the provider knows. */
type Interval<Instance> = { everyMs: number } | { every: (instance: Instance) => number };
export type PeriodicallyOptions<Instance> = Common & Interval<Instance>;

const PERIODICALLY = Symbol('periodically');

type Round = () => Promise<unknown>;
/** Read only, so that the method may return a promise of anything. */
type PeriodicMethod<Instance> = (target: Instance, method: string, descriptor: { readonly value?: Round }) => void;

/** Runs the method again and again while the application runs, one round at a time. */
export function Periodically<Instance extends object>(
  options: PeriodicallyOptions<Instance>,
): PeriodicMethod<Instance> {
  return (_target, _method, { value }) => {
    Reflect.defineMetadata(PERIODICALLY, options, value as object);
  };
}

@Injectable()
export class PeriodicWork implements OnBusListening, OnApplicationShutdown {
  private running: readonly Periodic[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly logger: PinoLogger,
  ) {}

  /** Rounds may call other modules. */
  onBusListening(): void {
    this.running = this.find();
    for (const work of this.running) work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.running.map((work) => work.stop()));
  }

  private find(): Periodic[] {
    const instances = this.discovery.getProviders().map(({ instance }) => instance as unknown);
    return [...new Set(instances)].flatMap((instance) => {
      if (typeof instance !== 'object' || instance === null) return [];
      const prototype = Object.getPrototypeOf(instance) as object | null;
      return prototype ? this.worksOf(instance, prototype) : [];
    });
  }

  private worksOf(instance: object, prototype: object): Periodic[] {
    return this.scanner.getAllMethodNames(prototype).flatMap((method) => {
      const round = (instance as Record<string, Round>)[method];
      const options: PeriodicallyOptions<object> | undefined = round && Reflect.getMetadata(PERIODICALLY, round);
      return options && round ? [this.workOf(instance, method, round, options)] : [];
    });
  }

  private workOf(instance: object, method: string, round: Round, options: PeriodicallyOptions<object>): Periodic {
    const work = `${instance.constructor.name}.${method}`;
    const { failure, atStart = false } = options;
    return new Periodic(() => this.logger.runInContext(() => round.call(instance), { bindings: { work } }), {
      intervalMs: 'everyMs' in options ? options.everyMs : options.every(instance),
      atOnce: atStart,
      onError: (error) => this.logger.warn({ err: error, work }, failure),
    });
  }
}
