// The judge itself, before it is believed.
import { judgeStream, type StreamEvent } from './stream.ts';
import type { AcknowledgedWrite } from './load.ts';

function message(sequence: number, version: number, title: string | null, id = `event-${version}`): StreamEvent {
  return {
    sequence,
    messageId: id,
    event: {
      id,
      event: version === 1 ? 'created' : title === null ? 'deleted' : 'updated',
      aggregate: 'task',
      aggregate_id: 'task',
      version,
      workspace_id: 'workspace',
      occurred_at: '2026-05-01T09:00:00.000Z',
      actor: { kind: 'api_key', id: 'key' },
      request_id: 'request',
      origin: 'user',
      changes: { title: { from: null, to: title } },
    },
  };
}

const WRITES: AcknowledgedWrite[] = [
  { taskId: 'task', version: 1, kind: 'created', title: 'one' },
  { taskId: 'task', version: 2, kind: 'changed', title: 'two' },
  { taskId: 'task', version: 3, kind: 'deleted', title: null },
];
const GOOD = [message(1, 1, 'one'), message(2, 2, 'two'), message(3, 3, null)];
const CLEAN = { missing: [], different: [], outOfOrder: [], ambiguous: [] };

describe('judging the stream', () => {
  test('a complete stream is clean, also with a message repeated', () => {
    expect(judgeStream(GOOD, WRITES)).toEqual({ ...CLEAN, messages: 3, repeated: 0 });
    expect(judgeStream([...GOOD, message(4, 2, 'two')], WRITES)).toEqual({ ...CLEAN, messages: 4, repeated: 1 });
  });

  test('a missing event is named', () => {
    const { missing } = judgeStream(GOOD.slice(0, 2), WRITES);
    expect(missing).toEqual(['task version 3 (deleted)']);
  });

  test('events out of order are named', () => {
    const { outOfOrder } = judgeStream(
      [GOOD[1], GOOD[0], GOOD[2]].filter((event) => event !== undefined),
      WRITES,
    );
    expect(outOfOrder).not.toEqual([]);
  });

  test('a repetition under another id is named', () => {
    expect(judgeStream([...GOOD, message(4, 2, 'two', 'other')], WRITES).ambiguous).toEqual([
      'task version 2: event-2 and other',
    ]);
  });

  test('an event that tells something else is named', () => {
    expect(judgeStream([message(1, 1, 'won'), ...GOOD.slice(1)], WRITES).different).toHaveLength(1);
  });
});
