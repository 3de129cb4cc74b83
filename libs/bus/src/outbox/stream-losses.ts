// What a stream has lost of that which the outbox has published into it. The outbox is the log of record: JetStream
// acknowledges before it has synchronised its files, and a server or a replica may come back without what it acknowledged.
// See decisions/0005-outbox-is-the-log-of-record.md.
import { jetstreamManager, type ConsumerInfo, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { PoolClient } from 'pg';
import type { BusLogger } from '../logger.js';
import { isAhead, resetConsumer } from '../streams/consumer-position.js';
import { eventStreamName } from '../streams/event-stream.js';
import type { OutboxRows, Placed } from './outbox-rows.js';

export interface StreamLossesOptions {
  module: string;
  maxAgeMs: number;
  logger: BusLogger;
}

/** Messages vanish by age at the server's clock; so much of the age is left to differences between clocks. */
const CLOCK_SHARE = 0.1;
const CLOCK_MS = 60_000;

/** A replica that begins to lead may answer before it has read its log: what it misses is believed when it is asked again. */
export class StreamUnsettled extends Error {
  constructor(stream: string) {
    super(`The stream ${stream} misses messages: it is asked again before anything is published.`);
    this.name = 'StreamUnsettled';
  }
}

export class StreamLosses {
  private readonly stream: string;
  /** The highest place that a row has. */
  highest = 0;
  private suspected: string | undefined;
  private gapsSeen = 0;

  constructor(
    private readonly rows: OutboxRows,
    private readonly options: StreamLossesOptions,
  ) {
    this.stream = eventStreamName(options.module);
  }

  /** The stream is gone: everything that it would still keep waits again. To be done before the stream is made. */
  async allLost(client: PoolClient): Promise<void> {
    const { maxAgeMs } = this.options;
    const placed = await this.rows.publishAgainBehind(client, 0, maxAgeMs);
    const others = await this.rows.publishAgainWithoutPlace(client, new Date(0), maxAgeMs);
    this.highest = 0;
    this.report(placed + others, { lost: 'stream' });
  }

  /**
   * Compares the stream with the outbox: what the stream misses waits again, and consumers that are ahead are reset first. To
   * be done before anything is published. @throws StreamUnsettled
   */
  async compare(client: PoolClient, connection: NatsConnection): Promise<void> {
    const manager = await jetstreamManager(connection);
    // Consumers first: none of them looks ahead because messages came in between.
    const consumers = await consumersOf(manager, this.stream);
    const info = await manager.streams.info(this.stream);
    const { last_seq: last, last_ts: lastAt } = info.state;
    const intact = await this.intactUpTo(client, manager, info, last);
    const highest = await this.rows.placedUpTo(client, Number.MAX_SAFE_INTEGER);
    const lost = highest !== undefined && highest.place > intact;
    if (lost || consumers.some((consumer) => isAhead(consumer, intact))) {
      this.confirm(info, intact);
      await this.recover(client, manager, info, consumers, intact);
    } else {
      this.highest = highest?.place ?? 0;
      const after = new Date(new Date(lastAt).getTime() + CLOCK_MS);
      const again = await this.rows.publishAgainWithoutPlace(client, after, this.options.maxAgeMs);
      this.report(again, { lost: 'tail', published_after: after });
    }
    this.suspected = undefined;
    await this.compareWithin(client, manager, info);
  }

  /**
   * The stream has given these places, which other rows have, to new messages: it was rolled back while it was connected. To be
   * done before the new rows are marked.
   */
  async rolledBack(client: PoolClient, connection: NatsConnection, firstAgain: number): Promise<void> {
    const manager = await jetstreamManager(connection);
    const consumers = await consumersOf(manager, this.stream);
    const info = await manager.streams.info(this.stream);
    const intact = await this.intactUpTo(client, manager, info, firstAgain - 1);
    await this.recover(client, manager, info, consumers, intact);
  }

  /** Whether the event stands in the stream at this place. */
  async holds(connection: NatsConnection, eventId: string, place: number): Promise<boolean> {
    return place > 0 && holds(await jetstreamManager(connection), this.stream, { eventId, place });
  }

  /** Consumers before rows: after a crash in between, the rows still show the loss. */
  private async recover(
    client: PoolClient,
    manager: JetStreamManager,
    info: StreamInfo,
    consumers: readonly ConsumerInfo[],
    intact: number,
  ): Promise<void> {
    const { module, logger, maxAgeMs } = this.options;
    const found = { module, stream: this.stream, intact, last: info.state.last_seq, created: info.created };
    logger.warn(found, 'The stream was rolled back');
    for (const consumer of consumers) {
      if (!isAhead(consumer, intact)) continue;
      const reset = await resetConsumer(manager, info, consumer, intact);
      logger.warn({ module, stream: this.stream, ...reset }, 'A consumer was ahead of its stream and was reset');
    }
    const placed = await this.rows.publishAgainBehind(client, intact, maxAgeMs);
    const others = await this.rows.publishAgainWithoutPlace(client, new Date(0), maxAgeMs);
    this.highest = intact;
    this.report(placed + others, { lost: 'tail', intact });
  }

  /** A single server means what it says; of several, one may still read its log. */
  private confirm(info: StreamInfo, intact: number): void {
    if (info.config.num_replicas === 1) return;
    const { first_seq, last_seq, messages } = info.state;
    const suspected = JSON.stringify([info.cluster?.leader, first_seq, last_seq, messages, intact]);
    if (suspected === this.suspected) return;
    this.suspected = suspected;
    throw new StreamUnsettled(this.stream);
  }

  /** What is missing before the last message: the head by a purge, single ones by damage. Limits of an operator are not losses. */
  private async compareWithin(client: PoolClient, manager: JetStreamManager, info: StreamInfo): Promise<void> {
    if (isLimited(info)) return;
    const { first_seq: first, last_seq: last, messages } = info.state;
    const youngerThanMs = this.options.maxAgeMs * (1 - CLOCK_SHARE);
    const before = await this.rows.placedUpTo(client, first - 1);
    if (before?.publishedAt && before.publishedAt.getTime() > Date.now() - youngerThanMs) {
      const again = await this.rows.publishAgainBefore(client, first, youngerThanMs);
      this.report(again, { lost: 'head', first });
    }
    const gaps = messages === 0 ? 0 : last - first + 1 - messages;
    if (gaps > 0 && gaps !== this.gapsSeen) {
      const { state } = await manager.streams.info(this.stream, { deleted_details: true });
      const places = [...(state.deleted ?? []), ...(state.lost?.msgs ?? [])];
      this.report(await this.rows.publishAgainAt(client, places, this.options.maxAgeMs), { lost: 'gaps', gaps });
    }
    this.gapsSeen = gaps;
  }

  /** @returns the last place up to the bound where the stream holds what the outbox has published there. */
  private async intactUpTo(
    client: PoolClient,
    manager: JetStreamManager,
    { state: { first_seq: first } }: StreamInfo,
    bound: number,
  ): Promise<number> {
    const top = await this.rows.placedUpTo(client, bound);
    if (!top || top.place < first || (await holds(manager, this.stream, top))) return bound;
    let intact = first - 1;
    let broken = top.place;
    // Each row between is intact up to some place, and none behind it.
    for (let from = intact; broken - from > 1;) {
      const middle = Math.floor((from + broken) / 2);
      const row = await this.rows.placedUpTo(client, middle);
      if (!row || row.place <= from) from = middle;
      else if (await holds(manager, this.stream, row)) {
        from = middle;
        intact = row.place;
      } else broken = row.place;
    }
    return intact;
  }

  private report(events: number, facts: object): void {
    if (events === 0) return;
    const { module, logger } = this.options;
    logger.warn({ module, stream: this.stream, events, ...facts }, 'The stream has lost events; publishing them again');
  }
}

async function consumersOf(manager: JetStreamManager, stream: string): Promise<ConsumerInfo[]> {
  const consumers: ConsumerInfo[] = [];
  for await (const consumer of manager.consumers.list(stream)) {
    if (consumer.config.durable_name !== undefined) consumers.push(consumer);
  }
  return consumers;
}

/** By the body, which begins with the event's id: a message may come without the header. */
async function holds(
  manager: JetStreamManager,
  stream: string,
  { eventId, place }: Pick<Placed, 'eventId' | 'place'>,
): Promise<boolean> {
  const message = await manager.streams.getMessage(stream, { seq: place });
  return message?.string().startsWith(`{"id":"${eventId}"`) ?? false;
}

function isLimited({ config }: StreamInfo): boolean {
  return [config.max_msgs, config.max_bytes, config.max_msgs_per_subject].some((limit) => (limit ?? -1) > 0);
}
