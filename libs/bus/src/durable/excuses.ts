// Deliveries that are not the message's fault. The server counts every delivery; those during an outage are taken off the
// attempts. They are kept in a bucket, because another node, or the same one after a restart, may decide the next time.
import type { JsMsg } from '@nats-io/jetstream';
import type { BusConnection } from '../connection/bus-connection.js';
import { KeyValueBucket } from '../state/key-value-bucket.js';

const BUCKET = 'EXCUSED_DELIVERIES';
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;
const MAX_KNOWN = 10_000;

export class Excuses {
  private readonly bucket: KeyValueBucket<number>;
  private readonly known = new Map<string, number>();

  constructor(connection: BusConnection, replicas: number) {
    this.bucket = new KeyValueBucket(connection, { name: BUCKET, ttlMs: KEPT_MS, replicas });
  }

  /** As far as this node knows without asking. */
  knownOf(message: JsMsg): number {
    return this.known.size === 0 ? 0 : (this.known.get(keyOf(message)) ?? 0);
  }

  async of(message: JsMsg): Promise<number> {
    const key = keyOf(message);
    const kept = await this.bucket.get(key).catch(() => undefined);
    return Math.max(kept?.value ?? 0, this.known.get(key) ?? 0);
  }

  /** @returns how many there are now. A message is at one node at a time, so that nobody else counts meanwhile. */
  async add(message: JsMsg): Promise<number> {
    const key = keyOf(message);
    const excused = (await this.of(message)) + 1;
    if (this.known.size >= MAX_KNOWN) this.known.clear();
    this.known.set(key, excused);
    // Lost where the store takes nothing: the delivery then counts on other nodes.
    await this.bucket.put(key, excused).catch(() => undefined);
    return excused;
  }

  forget(message: JsMsg): void {
    const key = keyOf(message);
    if (this.known.delete(key)) void this.bucket.delete(key).catch(() => undefined);
  }
}

/** With the time, because a stream that was lost gives its sequence numbers again. */
function keyOf({ info, seq }: JsMsg): string {
  return `${info.consumer}.${info.stream}.${seq}.${info.timestampNanos}`;
}
