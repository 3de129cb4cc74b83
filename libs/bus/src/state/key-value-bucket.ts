// Values by key on JetStream: small state that nodes share, with revisions to compare and set by. The bucket is declared by
// the code and reconciled like a stream.
import { JetStreamApiError, jetstream } from '@nats-io/jetstream';
import { Kvm, type KV, type KvEntry } from '@nats-io/kv';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { busError } from '../calls/bus-error.js';
import type { BusConnection } from '../connection/bus-connection.js';
import { reconcileStream } from '../streams/reconcile.js';

export interface KeyValueOptions {
  /** Letters, digits, `_` and `-`. */
  name: string;
  /** Revisions kept per key, 1 to 64. Default 1. */
  history?: number;
  /** How long a value is kept after it was put, in milliseconds; for ever when absent. */
  ttlMs?: number;
  maxValueBytes?: number;
  replicas?: number;
}

export interface KeyValueEntry<Value> {
  value: Value;
  /** Rises with every change of the bucket. */
  revision: number;
  createdAt: Date;
}

export interface KeyValueChange<Value> {
  key: string;
  /** undefined when the key was deleted. */
  value: Value | undefined;
  revision: number;
}

/** The key is there already. */
export class KeyExistsError extends Error {
  constructor(key: string) {
    super(`The key ${key} is there already.`);
    this.name = 'KeyExistsError';
  }
}

/** The key has changed since it was read. */
export class RevisionMismatchError extends Error {
  constructor(key: string, revision: number) {
    super(`The key ${key} has not the revision ${revision} any more.`);
    this.name = 'RevisionMismatchError';
  }
}

const KEY = /^[-/_=.a-zA-Z0-9]+$/;
const DUPLICATE_WINDOW_MS = 120_000;
const WRONG_LAST_SEQUENCE = new Set([10_071, 10_164]);

/** Every method throws BusError `unavailable` while NATS is not connected, and TypeError for an invalid key. */
export class KeyValueBucket<Value> {
  private opened: { on: NatsConnection; kv: Promise<KV> } | undefined;

  constructor(
    private readonly connection: BusConnection,
    private readonly options: KeyValueOptions,
  ) {}

  async get(key: string): Promise<KeyValueEntry<Value> | undefined> {
    const entry = await (await this.open()).get(checked(key));
    return entry && isThere(entry) ? toEntry<Value>(entry) : undefined;
  }

  /** @returns the new revision. */
  async put(key: string, value: Value): Promise<number> {
    return (await this.open()).put(checked(key), JSON.stringify(value));
  }

  /** @returns the new revision. @throws KeyExistsError */
  async create(key: string, value: Value): Promise<number> {
    const kv = await this.open();
    return kv.create(checked(key), JSON.stringify(value)).catch((error: unknown) => {
      throw isMismatch(error) ? new KeyExistsError(key) : error;
    });
  }

  /** @returns the new revision. @throws RevisionMismatchError */
  async compareAndSet(key: string, value: Value, revision: number): Promise<number> {
    const kv = await this.open();
    return kv.update(checked(key), JSON.stringify(value), revision).catch((error: unknown) => {
      throw isMismatch(error) ? new RevisionMismatchError(key, revision) : error;
    });
  }

  /** @param revision that it must still have. @throws RevisionMismatchError */
  async delete(key: string, revision?: number): Promise<void> {
    const kv = await this.open();
    await kv.delete(checked(key), revision === undefined ? {} : { previousSeq: revision }).catch((error: unknown) => {
      throw isMismatch(error) ? new RevisionMismatchError(key, revision ?? 0) : error;
    });
  }

  /** @param filter with NATS's wildcards; all keys without. */
  async keys(filter?: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const key of await (await this.open()).keys(filter)) keys.push(key);
    return keys;
  }

  /** First what is there, then what changes, until the signal aborts. After a lost connection it goes on where it was. */
  async *watch(filter: string, signal: AbortSignal): AsyncGenerator<KeyValueChange<Value>> {
    const changes = await (await this.open()).watch({ key: filter });
    const stop = (): void => changes.stop();
    if (signal.aborted) return;
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const entry of changes) {
        const value = isThere(entry) ? entry.json<Value>() : undefined;
        yield { key: entry.key, value, revision: entry.revision };
      }
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }

  private open(): Promise<KV> {
    const { live } = this.connection;
    if (!live) throw busError('unavailable', 'NATS is not connected.');
    if (this.opened?.on !== live) {
      const kv = this.prepare(live);
      this.opened = { on: live, kv };
      kv.catch(() => (this.opened = undefined));
    }
    return this.opened.kv;
  }

  private async prepare(live: NatsConnection): Promise<KV> {
    const { name, history = 1, ttlMs = 0, maxValueBytes = -1, replicas = 1 } = this.options;
    const kv = await new Kvm(jetstream(live)).create(name, {
      history,
      replicas,
      maxValueSize: maxValueBytes,
      ttl: ttlMs,
    });
    await reconcileStream(live, {
      name: `KV_${name}`,
      max_msgs_per_subject: history,
      max_age: nanos(ttlMs),
      // The server wants it within the age.
      duplicate_window: nanos(ttlMs === 0 ? DUPLICATE_WINDOW_MS : Math.min(ttlMs, DUPLICATE_WINDOW_MS)),
      max_msg_size: maxValueBytes,
      num_replicas: replicas,
    });
    return kv;
  }
}

function checked(key: string): string {
  if (!KEY.test(key) || key.startsWith('.') || key.endsWith('.') || key.includes('..')) {
    throw new TypeError(
      `${key.slice(0, 100)} is no key: letters, digits, -, _, =, / and single dots within are expected.`,
    );
  }
  return key;
}

function isThere({ operation }: Pick<KvEntry, 'operation'>): boolean {
  return operation === 'PUT';
}

function toEntry<Value>(entry: KvEntry): KeyValueEntry<Value> {
  return { value: entry.json<Value>(), revision: entry.revision, createdAt: entry.created };
}

function isMismatch(error: unknown): boolean {
  return error instanceof JetStreamApiError && WRONG_LAST_SEQUENCE.has(error.code);
}
