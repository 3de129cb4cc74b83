// A stream of short texts, of which the newest are read: what must outlive the database, such as checkpoints.
import {
  DiscardPolicy,
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  StorageType,
  type JetStreamManager,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { BusConnection } from '../connection/bus-connection.js';
import { reconcileStream } from '../streams/reconcile.js';

export interface TextLogOptions {
  /** The stream's name. */
  name: string;
  /** Its subject. */
  subject: string;
  /** How many texts are kept. Default 10,000. */
  keep?: number;
  replicas?: number;
}

const NO_MESSAGE = 10_037;

export class TextLog {
  private preparedOn: NatsConnection | undefined;

  constructor(
    private readonly connection: BusConnection,
    private readonly options: TextLogOptions,
  ) {}

  /** Resolves when it is stored. @throws Error while NATS is not connected. */
  async put(text: string): Promise<void> {
    const live = await this.prepare();
    await jetstream(live).publish(this.options.subject, text);
  }

  /** The newest lines, oldest first. @throws Error while NATS is not connected. */
  async recent(count = 20): Promise<string[]> {
    const live = await this.prepare();
    const { streams } = await jetstreamManager(live);
    const { state } = await streams.info(this.options.name);
    const texts: string[] = [];
    if (state.messages === 0) return texts;
    // By their places: asked for the last one by subject, a server of old (2.9.10) dies where its store has lost that one.
    for (let seq = Math.max(state.first_seq, state.last_seq - count + 1); seq <= state.last_seq; seq += 1) {
      const text = await this.at(streams, seq);
      if (text !== undefined) texts.push(text);
    }
    return texts;
  }

  private async at(streams: JetStreamManager['streams'], seq: number): Promise<string | undefined> {
    try {
      return (await streams.getMessage(this.options.name, { seq }))?.string();
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === NO_MESSAGE) return undefined;
      throw error;
    }
  }

  private async prepare(): Promise<NatsConnection> {
    const { live } = this.connection;
    if (!live) throw new Error('NATS is not connected.');
    if (this.preparedOn === live) return live;
    const { name, subject, keep = 10_000, replicas = 1 } = this.options;
    await reconcileStream(live, {
      name,
      subjects: [subject],
      storage: StorageType.File,
      discard: DiscardPolicy.Old,
      max_msgs: keep,
      num_replicas: replicas,
    });
    this.preparedOn = live;
    return live;
  }
}
