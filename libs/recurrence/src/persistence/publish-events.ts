// Writes the module's events to its outbox, in the transaction of the change.
import { createHash } from 'node:crypto';
import type { EventContract } from '@mono/bus';
import type { CallContext, Changes } from '@mono/contract';
import { outbox, type Executor } from '@mono/platform';
import type { FeedEvent, OccurrenceEvent, TemplateDeleted, TemplateEvent } from '../../contract/recurrence.events.js';
import { shownFields } from '../domain/content.js';
import type { OccurrenceRow } from '../domain/occurrence.js';
import { findListOfTemplate, type TemplateRow } from './templates.store.js';

export type Author = Pick<CallContext, 'principal' | 'requestId' | 'source'>;

export async function publishTemplateEvent(
  on: Executor,
  author: Author,
  event: EventContract<TemplateEvent>,
  row: TemplateRow,
  changes: Changes,
  origin: TemplateEvent['origin'] = 'user',
  { permanent }: Pick<TemplateDeleted, 'permanent'> = {},
): Promise<void> {
  await outbox.add(on, event, {
    aggregate: 'template',
    aggregate_id: row.id,
    version: row.version,
    occurred_at: row.updated_at,
    changes,
    origin,
    template_id: row.id,
    series_id: row.series_id,
    list_id: row.list_id,
    ...(permanent === undefined ? {} : { permanent }),
    ...callOf(author),
  });
}

export async function publishOccurrenceEvent(
  on: Executor,
  author: Author,
  event: EventContract<OccurrenceEvent>,
  row: OccurrenceRow,
  changes: Changes,
  origin: OccurrenceEvent['origin'] = 'user',
): Promise<void> {
  const listOfTemplate = await findListOfTemplate(on, row.workspace_id, row.template_id);
  await outbox.add(on, event, {
    aggregate: 'occurrence',
    aggregate_id: occurrenceAggregateId(row),
    version: row.exception_version,
    occurred_at: row.exception_at ?? new Date().toISOString(),
    changes,
    origin,
    template_id: row.template_id,
    series_id: row.series_id,
    original_start: row.original_start,
    fields: shownFields(row.fields),
    list_id: row.fields?.list_id ?? listOfTemplate,
    previous_list_id: fieldsBefore(row, changes)?.list_id ?? listOfTemplate,
    ...callOf(author),
  });
}

export async function publishFeedEvent(
  on: Executor,
  author: Author,
  event: EventContract<FeedEvent>,
  feed: Pick<FeedEvent, 'aggregate_id' | 'workspace_id' | 'version' | 'changes'>,
): Promise<void> {
  const source = author.source ?? 'unknown';
  await outbox.add(on, event, { aggregate: 'feed', ...callOf(author), source, ...feed });
}

function fieldsBefore(row: OccurrenceRow, changes: Changes): OccurrenceRow['fields'] {
  return changes['fields'] ? (changes['fields'].from as OccurrenceRow['fields']) : row.fields;
}

/** UUIDv8 of the identity: it stays the same when the occurrence gets another task. */
function occurrenceAggregateId({ series_id: seriesId, original_start: originalStart }: OccurrenceRow): string {
  const bytes = createHash('sha256').update(`${seriesId}|${originalStart}`).digest().subarray(0, 16);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function callOf({ principal, requestId }: Author): Pick<TemplateEvent, 'workspace_id' | 'actor' | 'request_id'> {
  return {
    workspace_id: principal.workspaceId,
    actor: { kind: principal.kind, id: principal.id },
    request_id: requestId,
  };
}
