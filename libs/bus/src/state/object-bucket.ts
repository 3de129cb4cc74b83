// Named objects in JetStream, streamed in chunks, with a digest that is checked at the end.
import { jetstream } from '@nats-io/jetstream';
import { Objm, type ObjectInfo, type ObjectStore } from '@nats-io/obj';
import type { NatsConnection } from '@nats-io/transport-node';
import { busError } from '../calls/bus-error.js';
import type { BusConnection } from '../connection/bus-connection.js';

export interface ObjectBucketOptions {
  /** Letters, digits, `_` and `-`. */
  name: string;
  replicas?: number;
}

export interface StoredObject {
  name: string;
  bytes: number;
  /** `SHA-256=<base64url>`. */
  digest: string;
  metadata: Readonly<Record<string, string>>;
  modifiedAt: Date;
}

export interface ReadObject extends StoredObject {
  /** Fails at its end if the digest does not match. */
  content: ReadableStream<Uint8Array>;
}

/** Every method throws BusError `unavailable` while NATS is not connected. */
export class ObjectBucket {
  private opened: { on: NatsConnection; store: Promise<ObjectStore> } | undefined;

  constructor(
    private readonly connection: BusConnection,
    private readonly options: ObjectBucketOptions,
  ) {}

  /** Creates or replaces an object. Readers see the old or the new one. */
  async put(
    name: string,
    content: ReadableStream<Uint8Array> | Uint8Array,
    metadata: Record<string, string> = {},
  ): Promise<StoredObject> {
    const store = await this.open();
    const stream = content instanceof Uint8Array ? new Blob([content]).stream() : content;
    return toStored(await store.put({ name, metadata }, stream));
  }

  /** @returns undefined if it does not exist. */
  async get(name: string): Promise<ReadObject | undefined> {
    const found = await (await this.open()).get(name);
    if (!found) return undefined;
    // The library reports a wrong digest outside the stream; here it is an error of the stream.
    const content = found.data.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        async flush() {
          const fault = await found.error;
          if (fault) throw fault;
        },
      }),
    );
    return { ...toStored(found.info), content };
  }

  async info(name: string): Promise<StoredObject | undefined> {
    const info = await (await this.open()).info(name);
    return info && !info.deleted ? toStored(info) : undefined;
  }

  async list(): Promise<StoredObject[]> {
    const all = await (await this.open()).list();
    return all.filter(({ deleted }) => !deleted).map(toStored);
  }

  /** @returns whether it existed. */
  async delete(name: string): Promise<boolean> {
    if (!(await this.info(name))) return false;
    await (await this.open()).delete(name);
    return true;
  }

  private open(): Promise<ObjectStore> {
    const { live } = this.connection;
    if (!live) throw busError('unavailable', 'NATS is not connected.');
    if (this.opened?.on !== live) {
      const { name, replicas = 1 } = this.options;
      const store = new Objm(jetstream(live)).create(name, { replicas });
      this.opened = { on: live, store };
      store.catch(() => (this.opened = undefined));
    }
    return this.opened.store;
  }
}

function toStored({ name, size, digest, metadata, mtime }: ObjectInfo): StoredObject {
  return { name, bytes: size, digest, metadata: metadata ?? {}, modifiedAt: new Date(mtime) };
}
