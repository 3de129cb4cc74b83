// Keeps up with tasks: each event is written down, many of them in one transaction, and is settled when that is committed.
import type { OutboxSignal } from '@mono/bus/outbox';
import { againAfterDeadlock, type TransactionalExecutor } from '@mono/platform';
import { UnavailableError } from '@mono/contract/errors';
import type { TaskEvent } from '../bus/task-events.js';
import { concerns, heardTasks, transitionOf } from '../domain/heard-tasks.js';
import { Gathered } from './gathered.js';
import { recordChanges } from './record-changes.js';

export const HISTORY_CONSUMER = 'time-tracking-history';

const BATCH = 1_000;
/** Transactions at once. Tasks are dealt out to them, so that none waits for a row of another. */
const WAYS = 2;
const PATIENCE = { attempts: 5, pauseMs: 20 };

export class HearTasks {
  private readonly ways: readonly Gathered<TaskEvent>[];

  constructor(
    private readonly database: TransactionalExecutor,
    private readonly signal: OutboxSignal,
  ) {
    const options = { most: BATCH, isCommon: (error: unknown) => error instanceof UnavailableError };
    this.ways = Array.from({ length: WAYS }, () => new Gathered((events) => this.record(events), options));
  }

  async hear(event: TaskEvent): Promise<void> {
    if (concerns(event)) await this.ways[wayOf(event)]?.add(event);
  }

  private record(events: readonly TaskEvent[]): Promise<void> {
    const tasks = heardTasks(events);
    const transitions = unique(events).flatMap((event) => transitionOf(event) ?? []);
    const requests = new Map(events.map(({ aggregate_id: taskId, request_id }) => [taskId, request_id]));
    const requestOf = (taskId: string): string => requests.get(taskId) ?? 'time-tracking';
    return againAfterDeadlock(
      () => this.database.transaction((on) => recordChanges(on, this.signal, { tasks, transitions }, requestOf)),
      PATIENCE,
    );
  }
}

/** By what of a UUID is anybody's guess. */
function wayOf({ aggregate_id: taskId }: TaskEvent): number {
  return Number.parseInt(taskId.slice(-4), 16) % WAYS;
}

/** An event may be delivered twice at once. */
function unique(events: readonly TaskEvent[]): TaskEvent[] {
  return [...new Map(events.map((event) => [`${event.aggregate_id}/${event.version}`, event])).values()];
}
