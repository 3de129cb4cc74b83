// Keeps up with tasks: each event is written down, many of them in one transaction, and is settled when that is committed.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { UnavailableError } from '@mono/contract/errors';
import { againAfterDeadlock, Batcher, Database, OnEvent } from '@mono/platform';
import { tasksEvents, type TaskEvent } from '@mono/tasks/contract';
import { concerns, heardTasks, transitionOf } from '../domain/heard-tasks.js';
import { timeTrackingConfig } from '../time-tracking.config.js';
import { recordChanges } from './record-changes.js';

const BATCH = 1_000;
/** Transactions at once. Tasks are dealt out to them, so that none waits for a row of another. */
const WAYS = 2;
const PATIENCE = { attempts: 5, pauseMs: 20 };

const { created, updated, status_changed, completed, deleted, restored, purged } = tasksEvents;

@Controller()
export class TasksConsumer {
  private readonly ways: readonly Batcher<TaskEvent>[];

  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
  ) {
    const options = { most: BATCH, isCommon: (error: unknown) => error instanceof UnavailableError };
    this.ways = Array.from({ length: WAYS }, () => new Batcher((events) => this.record(events), options));
  }

  @OnEvent([created, updated, status_changed, completed, deleted], {
    consumer: 'time-tracking-history',
    module: 'time-tracking',
    config: timeTrackingConfig,
    options: ({ TIME_TRACKING_CONCURRENCY: concurrency }) => ({ concurrency }),
  })
  async consume(event: TaskEvent): Promise<void> {
    if (concerns(event)) await this.ways[wayOf(event)]?.add(event);
  }

  // A consumer of its own: nodes of the previous release would acknowledge these events without effect.
  @OnEvent([restored, purged], {
    consumer: 'time-tracking-history-trash',
    module: 'time-tracking',
    config: timeTrackingConfig,
    options: ({ TIME_TRACKING_CONCURRENCY: concurrency }) => ({ concurrency }),
  })
  async consumeFromTrash(event: TaskEvent): Promise<void> {
    await this.consume(event);
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
