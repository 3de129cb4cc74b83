// The durable consumers of a node, and what they share: dead letters, excused deliveries, and a gate for each module.
import type { BusHost } from '../bus-host.js';
import type { Handler } from '../calls/handler.js';
import type { EventContract, WorkContract } from '../contracts/contract.js';
import type { DeadLetterSink } from './dead-letter.js';
import type { DurableOptions } from './durable-options.js';
import { Excuses } from './excuses.js';
import { LostDeliveries } from './lost-deliveries.js';
import { eventSource } from './message-source.js';
import { ModuleGate } from './module-gate.js';
import { StreamConsumer, type SharedByConsumers } from './stream-consumer.js';
import type { WorkStream } from './work-stream.js';

export interface DurableConsumersOptions {
  deadLetters: DeadLetterSink | undefined;
  replicas: number;
  retryForMs: number;
  /** Rejects while the needs of a module cannot be reached; without it consumers never rest. */
  available: ((module: string) => Promise<unknown>) | undefined;
}

export class DurableConsumers {
  readonly all: StreamConsumer[] = [];
  private readonly gates = new Map<string, ModuleGate>();
  private readonly shared: SharedByConsumers;
  private readonly lost: LostDeliveries | undefined;

  constructor(
    private readonly host: BusHost,
    private readonly options: DurableConsumersOptions,
  ) {
    const { deadLetters, replicas, retryForMs } = options;
    this.shared = {
      deadLetters,
      replicas,
      retryForMs,
      excuses: new Excuses(host.connection, replicas),
      gateOf: (module) => this.gateOf(module),
    };
    this.lost = deadLetters && new LostDeliveries(host, deadLetters, replicas);
  }

  /** @throws TypeError for the name of another consumer. */
  addEvents(contracts: readonly EventContract[], handler: Handler, options: DurableOptions): void {
    if (this.all.some(({ name }) => name === options.consumer)) {
      throw new TypeError(`The durable consumer ${options.consumer} has two handlers.`);
    }
    this.all.push(new StreamConsumer(this.host, eventSource(contracts), handler, options, this.shared));
  }

  addWork(work: WorkStream, contract: WorkContract, handler: Handler): void {
    this.all.push(work.consumerOf(contract, handler, this.shared));
  }

  start(): void {
    for (const consumer of this.all) consumer.start();
    this.lost?.start();
  }

  async stopPulling(): Promise<void> {
    for (const gate of this.gates.values()) gate.stop();
    await Promise.all([...this.all.map((consumer) => consumer.stopPulling()), this.lost?.stop()]);
  }

  async stopped(): Promise<void> {
    await Promise.all(this.all.map((consumer) => consumer.stopped()));
  }

  private gateOf(module: string): ModuleGate | undefined {
    const { available } = this.options;
    if (!available) return undefined;
    let gate = this.gates.get(module);
    if (!gate) {
      gate = new ModuleGate({ module, probe: () => available(module), logger: this.host.logger });
      this.gates.set(module, gate);
    }
    return gate;
  }
}
