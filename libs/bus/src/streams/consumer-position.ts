// Consumers that are ahead of their stream. A server that restarts without its newest messages assigns their sequences again,
// and a consumer that has acknowledged them would skip the new messages.
import { DeliverPolicy, JetStreamApiError, RetentionPolicy, type ConsumerInfo } from '@nats-io/jetstream';
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { setTimeout as delay } from 'node:timers/promises';
import { isMissing } from './reconcile.js';

export interface ConsumerReset {
  consumer: string;
  /** The last delivered sequence. */
  delivered: number;
  /** The sequence at which it continues. */
  start: number;
}

const SERVER_FAULT = 503;
const SETTLE_MS = 1_000;

/** @param intact the last sequence whose message is unchanged. */
export function isAhead({ delivered }: ConsumerInfo, intact: number): boolean {
  return delivered.stream_seq > intact;
}

/**
 * Recreates the consumer with its configuration after the last acknowledged message that the stream still has. After a crash in
 * between, the next node that declares it starts at the beginning. Messages may be repeated, but are not skipped.
 */
export async function resetConsumer(
  manager: JetStreamManager,
  { config: stream }: Pick<StreamInfo, 'config'>,
  consumer: ConsumerInfo,
  intact: number,
): Promise<ConsumerReset> {
  const { name, ack_floor: floor, delivered, config } = consumer;
  // All messages of a work queue are pending.
  const all = stream.retention === RetentionPolicy.Workqueue;
  const start = all ? 0 : Math.min(floor.stream_seq, intact) + 1;
  const { opt_start_time: _time, opt_start_seq: _seq, ...rest } = config;
  await manager.consumers.delete(stream.name, name).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
  const position = all
    ? { deliver_policy: DeliverPolicy.All }
    : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: start };
  try {
    await manager.consumers.add(stream.name, { ...rest, ...position });
  } catch (error) {
    // A consuming node has created it meanwhile, from the beginning on.
    if (!(error instanceof JetStreamApiError) || error.status >= SERVER_FAULT) throw error;
    const present = await manager.consumers.info(stream.name, name);
    if (present.created === consumer.created) throw error;
  }
  return { consumer: name, delivered: delivered.stream_seq, start };
}

/** @returns the reset, if the consumer was ahead of its stream, and the consumer before it. */
export async function resetConsumerAhead(
  manager: JetStreamManager,
  stream: string,
  name: string,
): Promise<{ reset?: ConsumerReset; present: ConsumerInfo }> {
  let { info, present } = await lookAt(manager, stream, name);
  if (!isAhead(present, info.state.last_seq)) return { present };
  if (info.config.num_replicas > 1) {
    // A new leading replica may still read its log.
    await delay(SETTLE_MS);
    ({ info, present } = await lookAt(manager, stream, name));
    if (!isAhead(present, info.state.last_seq)) return { present };
  }
  return { reset: await resetConsumer(manager, info, present, info.state.last_seq), present };
}

/** Reads the consumer first, so that new messages do not make it look ahead. */
async function lookAt(
  manager: JetStreamManager,
  stream: string,
  name: string,
): Promise<{ info: StreamInfo; present: ConsumerInfo }> {
  const present = await manager.consumers.info(stream, name);
  return { present, info: await manager.streams.info(stream) };
}
