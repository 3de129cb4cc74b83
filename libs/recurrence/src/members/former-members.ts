// Unassigns templates and future occurrences of users who leave the workspace, and ends their feeds.
import { Injectable } from '@nestjs/common';
import { MembersClient } from '@mono/auth/contract';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext } from '@mono/contract';
import { Database, Departures, type Departure, type Executor } from '@mono/platform';
import { occurrenceEvents, templateEvents } from '../../contract/recurrence.events.js';
import { withNextRevision } from '../domain/ledger.js';
import { systemContext } from '../call-contexts.js';
import { laterOf } from '../domain/later-of.js';
import { assigneesOf, unassigned } from '../domain/subtasks.js';
import { changesBetween } from '../domain/template-state.js';
import { changesOf } from '../occurrences/exceptions.js';
import { deleteFeeds } from '../persistence/feeds.store.js';
import { openOccurrencesAssignedTo, saveOccurrences } from '../persistence/occurrences.store.js';
import { publishOccurrenceEvent, publishTemplateEvent } from '../persistence/publish-events.js';
import {
  lockTemplate,
  nextTemplateAssignedTo,
  scheduleNow,
  updateTemplate,
  type TemplatePlace,
  type TemplateRow,
} from '../persistence/templates.store.js';
import { memberships } from './members.js';

/** Occurrences per transaction. */
const BATCH = 500;

@Injectable()
export class FormerMembers extends Departures<TemplatePlace> {
  constructor(database: Database, signal: OutboxSignal, members: MembersClient) {
    super({
      database,
      memberships,
      members,
      clear: (on, departure, at) => {
        on.afterCommit(() => signal.wake());
        return clear(on, departure, at);
      },
    });
  }
}

/** Clears a template, or a batch of its occurrences. @returns the template: it is found again while it names the user. */
export async function clear(
  on: Executor,
  departure: Departure,
  at: TemplatePlace | undefined,
  batch = BATCH,
): Promise<TemplatePlace | undefined> {
  if (!at) await endFeedsOf(on, departure);
  const found = await nextTemplateAssignedTo(on, departure, at);
  const row = found && (await lockTemplate(on, found.id));
  if (row) await unassign(on, departure, row, batch);
  return found;
}

async function endFeedsOf(on: Executor, departure: Departure): Promise<void> {
  const { workspaceId, userId, requestId } = departure;
  await deleteFeeds(
    on,
    systemContext(workspaceId, requestId, 'event'),
    { column: 'creator_id', value: userId },
    workspaceId,
  );
}

/** On a locked row. */
async function unassign(
  on: Executor,
  { workspaceId, userId, requestId }: Departure,
  row: TemplateRow,
  batch: number,
): Promise<void> {
  const context = systemContext(workspaceId, requestId, 'event');
  await unassignOccurrences(on, context, row.id, userId, batch);
  if (!assigneesOf(row).includes(userId)) return scheduleNow(on, row.id);
  const state = unassigned(row, new Set([userId]));
  const updated = await updateTemplate(on, row, state, { replan: 'what is planned' });
  await publishTemplateEvent(
    on,
    context,
    templateEvents.template_updated,
    updated,
    changesBetween(row, state),
    'system',
  );
}

/** On a locked template. @returns how many; fewer than `limit` means that none are left. */
export async function unassignOccurrences(
  on: Executor,
  context: CallContext,
  templateId: string,
  userId: string,
  limit: number,
): Promise<number> {
  const occurrences = await openOccurrencesAssignedTo(on, templateId, userId, limit);
  const changes = occurrences.map((was) => {
    const exception_version = was.exception_version + 1;
    const exception_at = laterOf(new Date().toISOString(), was.exception_at);
    const fields = { ...was.fields, assignee_id: null };
    return { was, row: withNextRevision(Object.assign({}, was, { fields, exception_version, exception_at })) };
  });
  await saveOccurrences(on, changes);
  for (const { was, row: next } of changes) {
    await publishOccurrenceEvent(on, context, occurrenceEvents.occurrence_edited, next, changesOf(was, next), 'system');
  }
  return changes.length;
}
