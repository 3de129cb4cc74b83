// Creates exceptions from changes of tasks, exactly once each, and continues chains by completion when a task is closed.
import { Controller } from '@nestjs/common';
import type { EventContract } from '@mono/bus';
import { onceByInbox, OutboxSignal } from '@mono/bus/outbox';
import { Database, OnEvent, type Executor } from '@mono/platform';
import { tasksEvents, type TaskEvent } from '@mono/tasks/contract';
import { occurrenceEvents, type OccurrenceEvent } from '../../contract/recurrence.events.js';
import { beforeDeletion, applyTaskEvent } from '../domain/apply-task-event.js';
import { contextOfEvent } from '../call-contexts.js';
import { laterOf } from '../domain/later-of.js';
import { GenerationJobs } from '../generation/generation-jobs.js';
import type { OccurrenceRow } from '../domain/occurrence.js';
import { findByTask, saveOccurrences } from '../persistence/occurrences.store.js';
import { publishOccurrenceEvent } from '../persistence/publish-events.js';
import { lockTemplate, scheduleNow, type TemplateRow } from '../persistence/templates.store.js';
import { changesOf } from './exceptions.js';

const CONSUMER = 'recurrence-tasks';
const { updated, status_changed, completed, deleted } = tasksEvents;

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
  async consume(event: TaskEvent): Promise<void> {
    if (!event.occurrence) return;
    // Changes by this module and by new zone data are known.
    if (event.event === 'updated' && (event.origin === 'recurrence' || event.origin === 'zone_data')) return;
    const known = await findByTask(this.database, event.aggregate_id);
    if (!known) return;
    let advanced: TemplateRow | undefined;
    await this.database.transaction((on) =>
      onceByInbox(on, { schema: 'recurrence', consumer: CONSUMER, eventId: event.id }, async () => {
        const template = await lockTemplate(on, known.template_id);
        const found = await findByTask(on, event.aggregate_id);
        // The series was split meanwhile: retry under the lock of the new template.
        if (!template || !found) return;
        if (found.template_id !== template.id) throw new Error('The occurrence has moved to another template.');
        const was = event.event === 'deleted' ? beforeDeletion(found) : found;
        const row = applyTaskEvent(template, was, event);
        if (row === found) return;
        await this.save(on, event, was, row);
        advanced = await advancing(on, template, was, row);
      }),
    );
    if (advanced) await this.jobs.enqueue(advanced, event.request_id);
  }

  private async save(on: Executor, event: TaskEvent, was: OccurrenceRow, row: OccurrenceRow): Promise<void> {
    const changes = changesOf(was, row);
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

/** @returns the template of a chain by completion whose task was closed or reopened. */
async function advancing(
  on: Executor,
  template: TemplateRow,
  was: OccurrenceRow,
  row: OccurrenceRow,
): Promise<TemplateRow | undefined> {
  if (template.anchor !== 'completion' || was.closed_at === row.closed_at) return undefined;
  await scheduleNow(on, template.id);
  return template;
}

function eventOf(was: OccurrenceRow, row: OccurrenceRow): EventContract<OccurrenceEvent> {
  if (row.skipped && !was.skipped) return occurrenceEvents.occurrence_skipped;
  return row.moved_to === was.moved_to ? occurrenceEvents.occurrence_edited : occurrenceEvents.occurrence_moved;
}
