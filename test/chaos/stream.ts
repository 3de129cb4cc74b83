// Reads a whole stream as any outside consumer would, and judges the events of tasks in it.
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { TasksEvent } from '@mono/tasks/contract';
import type { AcknowledgedWrite } from './load.ts';

export interface StreamEvent {
  event: TasksEvent;
  messageId: string;
  sequence: number;
}

export async function readStream(natsUrl: string, stream: string): Promise<StreamEvent[]> {
  const { host, username, password } = new URL(natsUrl);
  const connection = await connect({ servers: host, ...(username && { user: username, pass: password }) });
  try {
    const { state } = await (await jetstreamManager(connection)).streams.info(stream);
    const found: StreamEvent[] = [];
    if (state.messages === 0) return found;
    const consumer = await jetstream(connection).consumers.get(stream);
    for await (const message of await consumer.consume()) {
      found.push({
        event: message.json<TasksEvent>(),
        messageId: message.headers?.get('Nats-Msg-Id') ?? '',
        sequence: message.seq,
      });
      if (message.seq >= state.last_seq) break;
    }
    return found;
  } finally {
    await connection.close();
  }
}

export interface StreamFaults {
  /** Acknowledged writes without their event. */
  missing: string[];
  /** Events that differ from the acknowledged write. */
  different: string[];
  /** Tasks whose versions do not go 1, 2, 3 … in the order of the stream. */
  outOfOrder: string[];
  /** Versions with messages of different ids, or with an id that is not that of the message. */
  ambiguous: string[];
}

export interface StreamVerdict extends StreamFaults {
  messages: number;
  /** Repeated messages, which are allowed because consumers recognise them by their id. */
  repeated: number;
}

export function judgeStream(messages: StreamEvent[], writes: AcknowledgedWrite[]): StreamVerdict {
  const faults: StreamFaults = { missing: [], different: [], outOfOrder: [], ambiguous: [] };
  const idByVersion = new Map<string, string>();
  const eventByVersion = new Map<string, TasksEvent>();
  const lastVersion = new Map<string, number>();
  let repeated = 0;
  for (const { event, messageId, sequence } of messages) {
    if (event.aggregate !== 'task' || event.event === 'due_soon') continue;
    const key = `${event.aggregate_id} version ${event.version}`;
    if (messageId !== event.id) faults.ambiguous.push(`message ${sequence}: ${messageId} is not ${event.id}`);
    const known = idByVersion.get(key);
    if (known !== undefined) {
      repeated += 1;
      if (known !== event.id) faults.ambiguous.push(`${key}: ${known} and ${event.id}`);
      continue;
    }
    idByVersion.set(key, event.id);
    eventByVersion.set(key, event);
    const last = lastVersion.get(event.aggregate_id) ?? 0;
    if (event.version !== last + 1) faults.outOfOrder.push(`${key} after version ${last}`);
    lastVersion.set(event.aggregate_id, event.version);
  }
  for (const write of writes) {
    const key = `${write.taskId} version ${write.version}`;
    const event = eventByVersion.get(key);
    if (!event) faults.missing.push(`${key} (${write.kind})`);
    else if (
      (event.changes['title']?.to ?? null) !== write.title ||
      (event.event === 'deleted') !== (write.title === null)
    )
      faults.different.push(`${key} (${write.kind}): ${event.event} ${JSON.stringify(event.changes['title'])}`);
  }
  return { ...faults, messages: messages.length, repeated };
}
