// Creates exceptions from changes of tasks, exactly once each, and continues chains by completion when a task is closed.
import { Controller } from '@nestjs/common';
import type { EventContract } from '@mono/bus';
import { onceByInbox, OutboxSignal } from '@mono/bus/outbox';
import { Database, OnEvent, type Executor } from '@mono/platform';
import { tasksEvents, type TaskDeleted, type TaskEvent } from '@mono/tasks/contract';
import { occurrenceEvents, type OccurrenceEvent } from '../../contract/recurrence.events.js';
import { beforeDeletion, applyTaskEvent } from '../domain/apply-task-event.js';
import { contextOfEvent } from '../call-contexts.js';
import { isOutOfSync } from '../domain/ledger.js';
import { laterOf } from '../domain/later-of.js';
import { GenerationJobs } from '../generation/generation-jobs.js';
import type { OccurrenceRow } from '../domain/occurrence.js';
import { findByTask, occurrencesByKey, saveOccurrences } from '../persistence/occurrences.store.js';
import { publishOccurrenceEvent } from '../persistence/publish-events.js';
import { lockTemplate, scheduleNow, type TemplateRow } from '../persistence/templates.store.js';
import { changesOf, isException } from './exceptions.js';

const CONSUMER = 'recurrence-tasks';
const FROM_TRASH = 'recurrence-tasks-trash';
const { updated, status_changed, completed, deleted, restored, purged } = tasksEvents;

const ERASED = { from: null, to: null };
const LIFE: ReadonlySet<string> = new Set(['deleted', 'restored', 'purged']);

@Controller()
export class TasksConsumer {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly jobs: GenerationJobs,
  ) {}

  // Events of one task wait for each other in the database.
  @OnEvent([updated, status_changed, completed, deleted], {
    consumer: CONSUMER,
    module: 'recurrence',
    key: ({ aggregate_id }) => aggregate_id,
  })
  async consume(event: TaskEvent | TaskDeleted): Promise<void> {
    await this.apply(CONSUMER, event);
  }

  // A consumer of its own: nodes of the previous release would acknowledge these events without effect.
  @OnEvent([restored, purged], { consumer: FROM_TRASH, module: 'recurrence', key: ({ aggregate_id }) => aggregate_id })
  async consumeFromTrash(event: TaskEvent): Promise<void> {
    await this.apply(FROM_TRASH, event);
  }

  private async apply(consumer: string, event: TaskEvent): Promise<void> {
    if (!event.occurrence) return;
    // Changes by this module and by new zone data are known.
    if (event.event === 'updated' && (event.origin === 'recurrence' || event.origin === 'zone_data')) return;
    const known = await this.find(this.database, event);
    if (!known) return;
    let advanced: TemplateRow | undefined;
    await this.database.transaction((on) =>
      onceByInbox(on, { schema: 'recurrence', consumer, eventId: event.id }, async () => {
        const template = await lockTemplate(on, known.template_id);
        const found = await this.find(on, event);
        // The series was split meanwhile: retry under the lock of the new template.
        if (!template || !found) return;
        if (found.template_id !== template.id) throw new Error('The occurrence has moved to another template.');
        const was = LIFE.has(event.event) ? beforeDeletion(found) : found;
        const row = applyTaskEvent(template, ofTask(was, event), event);
        if (row === found) return;
        await this.save(on, event, was, row);
        advanced = await advancing(on, template, was, row);
      }),
    );
    if (advanced) await this.jobs.enqueue(advanced, event.request_id);
  }

  /** A restored task may be an earlier one than the ledger's, which is then withdrawn or skipped. */
  private async find(on: Executor, event: TaskEvent): Promise<OccurrenceRow | undefined> {
    const { aggregate_id: taskId, occurrence } = event;
    const known = await findByTask(on, taskId);
    if (known || event.event !== 'restored' || !occurrence) return known;
    const { series_id: seriesId, original_start: start } = occurrence;
    const [other] = await occurrencesByKey(on, seriesId, [start]);
    if (!other || other.workspace_id !== event.workspace_id) return undefined;
    if (isOutOfSync(other)) throw new Error('Another task of the occurrence is being created or removed.');
    return other.wanted ? undefined : other;
  }

  private async save(on: Executor, event: TaskEvent, was: OccurrenceRow, row: OccurrenceRow): Promise<void> {
    const { fields, ...others } = changesOf(was, row);
    // An event does not repeat content that is deleted for good.
    const changes = !fields ? others : { ...others, fields: LIFE.has(event.event) ? ERASED : fields };
    const isChanged = Object.keys(changes).length > 0;
    const saved = isChanged
      ? {
          ...row,
          exception_version: was.exception_version + 1,
          exception_at: laterOf(event.occurred_at, was.exception_at),
        }
      : row;
    await saveOccurrences(on, [{ was, row: saved }]);
    if (!isChanged) return;
    await publishOccurrenceEvent(on, contextOfEvent(event), eventOf(was, row), saved, changes, 'tasks');
    on.afterCommit(() => this.signal.wake());
  }
}

/** @returns the template if tasks has to know the row, or if the task of a chain by completion was closed or reopened. */
async function advancing(
  on: Executor,
  template: TemplateRow,
  was: OccurrenceRow,
  row: OccurrenceRow,
): Promise<TemplateRow | undefined> {
  const isAdvanced = template.anchor === 'completion' && was.closed_at !== row.closed_at;
  if (!isAdvanced && was.revision === row.revision) return undefined;
  await scheduleNow(on, template.id);
  return template;
}

/** Generations count on, so that no task id is used twice. */
function ofTask(row: OccurrenceRow, { aggregate_id: taskId }: TaskEvent): OccurrenceRow {
  return row.task_id === taskId ? row : { ...row, task_id: taskId, seen: null, task_status: null };
}

function eventOf(was: OccurrenceRow, row: OccurrenceRow): EventContract<OccurrenceEvent> {
  if (row.skipped && !was.skipped) return occurrenceEvents.occurrence_skipped;
  if (!isException(row)) return occurrenceEvents.occurrence_restored;
  return row.moved_to === was.moved_to ? occurrenceEvents.occurrence_edited : occurrenceEvents.occurrence_moved;
}
