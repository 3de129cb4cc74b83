// Durable work: a stream per module, from which each piece is taken off when it is done.
import { jetstream, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import type { BusHost } from '../bus-host.js';
import type { Handler } from '../calls/handler.js';
import { busError } from '../calls/bus-error.js';
import type { CallOptions } from '../calls/call-options.js';
import type { OutgoingHeaders } from '../calls/headers.js';
import type { Contract, WorkContract } from '../contracts/contract.js';
import type { InputReader } from '../contracts/input-reader.js';
import { reconcileStream } from '../streams/reconcile.js';
import { StreamConsumer, type SharedByConsumers } from './stream-consumer.js';

const DUPLICATE_WINDOW_MS = 10 * 60_000;

export class WorkStream {
  private readonly prepared = new WeakMap<NatsConnection, Map<string, Promise<unknown>>>();

  constructor(
    private readonly host: BusHost,
    private readonly options: { replicas: number; maxAgeMs: number },
  ) {}

  consumerOf(contract: WorkContract, handler: Handler, shared: SharedByConsumers): StreamConsumer {
    const source = {
      stream: streamName(contract.module),
      filter: contract.subject,
      contractOf: (subject: string) => (subject === contract.subject ? contract : undefined),
      read: (_contract: Contract, body: unknown, reader: InputReader) =>
        reader.read(contract.work as new () => object, body, 'body'),
    };
    const { module, name, version, concurrency, timeoutMs, attempts } = contract;
    const consumer = `${module}-${name}${version === 1 ? '' : `-v${version}`}`;
    return new StreamConsumer(
      this.host,
      source,
      handler,
      { consumer, module, concurrency, timeoutMs, ...(attempts !== undefined && { attempts }) },
      { ...shared, prepare: (connection) => this.prepare(connection, module) },
    );
  }

  /** Resolves when the stream keeps it. @throws `unavailable` otherwise: it may be kept all the same. */
  async publish(
    contract: WorkContract,
    body: unknown,
    options: CallOptions & { messageId?: string },
    headers: OutgoingHeaders,
  ): Promise<void> {
    const input = this.host.reader.read(contract.work as new () => object, body, 'body');
    const connection = this.host.connection.live;
    if (!connection) throw this.away('NATS is not connected.');
    try {
      await this.prepare(connection, contract.module);
      await jetstream(connection, { timeout: options.timeoutMs ?? contract.timeoutMs }).publish(
        contract.subject,
        JSON.stringify(input),
        {
          ...(options.messageId === undefined ? {} : { msgID: options.messageId }),
          ...headers.forPublish(),
        },
      );
    } catch (error) {
      this.prepared.delete(connection);
      throw this.away(`The work was not taken: ${(error as Error).message}.`);
    }
  }

  private prepare(connection: NatsConnection, module: string): Promise<unknown> {
    let streams = this.prepared.get(connection);
    if (!streams) this.prepared.set(connection, (streams = new Map()));
    let ready = streams.get(module);
    if (!ready) {
      ready = reconcileStream(connection, {
        name: streamName(module),
        subjects: [`durable.${module}.>`],
        retention: RetentionPolicy.Workqueue,
        storage: StorageType.File,
        max_age: nanos(this.options.maxAgeMs),
        duplicate_window: nanos(DUPLICATE_WINDOW_MS),
        num_replicas: this.options.replicas,
      });
      ready.catch(() => streams.delete(module));
      streams.set(module, ready);
    }
    return ready;
  }

  private away(message: string): Error {
    return this.host.errors.fromWire(busError('unavailable', message));
  }
}

function streamName(module: string): string {
  return `WORK_${module.toUpperCase().replaceAll('-', '_')}`;
}
