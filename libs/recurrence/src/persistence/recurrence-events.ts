// The module's events as rows of its outbox, written in the transaction of what they tell of.
import { createHash } from 'node:crypto';
import type { CallContext } from '@mono/contract';
import { traceHeaders, type Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { OccurrenceEventName, RecurrenceEvent, TemplateEventName } from '../../contract/events.js';
import type { OccurrenceFields } from '../../contract/occurrence.js';
import type { OccurrenceRow } from './occurrence-rows.js';
import type { TemplateRow } from './template-rows.js';

/** In columns of the outbox. */
type Stored = 'id' | 'version' | 'occurred_at';
type Teller = Pick<CallContext, 'principal' | 'requestId'>;
type Origin = RecurrenceEvent['origin'];

const INSERT = {
  name: 'recurrence.tell',
  text: `INSERT INTO recurrence.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
    VALUES ($1, $2, $3, $4, $5, $6)`,
};

export async function tellOfTemplate(
  on: Executor,
  context: Teller,
  event: TemplateEventName,
  row: TemplateRow,
  changes: RecurrenceEvent['changes'],
  origin: Origin = 'user',
): Promise<void> {
  const payload: Omit<RecurrenceEvent, Stored> = {
    event,
    aggregate: 'template',
    aggregate_id: row.id,
    changes,
    origin,
    template_id: row.id,
    series_id: row.series_id,
    ...callOf(context),
  };
  await write(on, payload, row.version, row.updated_at);
}

export async function tellOfOccurrence(
  on: Executor,
  context: Teller,
  event: OccurrenceEventName,
  row: OccurrenceRow,
  changes: RecurrenceEvent['changes'],
  origin: Origin = 'user',
): Promise<void> {
  const payload: Omit<RecurrenceEvent, Stored> = {
    event,
    aggregate: 'occurrence',
    aggregate_id: occurrenceAggregateId(row),
    changes,
    origin,
    template_id: row.template_id,
    series_id: row.series_id,
    original_start: row.original_start,
    fields: shownFields(row.fields),
    ...callOf(context),
  };
  await write(on, payload, row.exception_version, row.exception_at ?? new Date().toISOString());
}

/** What clients may say of an occurrence, of what is known of it. */
export function shownFields(fields: OccurrenceRow['fields']): OccurrenceFields {
  const { list_id, title, description, priority, tags, assignee_id, estimated_duration } = fields ?? {};
  const shown = { list_id, title, description, priority, tags, assignee_id, estimated_duration };
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined));
}

/** UUIDv8 of the identity: the same for good, whatever becomes of its task. */
function occurrenceAggregateId({ series_id: seriesId, original_start: originalStart }: OccurrenceRow): string {
  const bytes = createHash('sha256').update(`${seriesId}|${originalStart}`).digest().subarray(0, 16);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function callOf({
  principal,
  requestId,
}: Teller): Pick<RecurrenceEvent, 'workspace_id' | 'actor' | 'request_id' | 'traceparent'> {
  return {
    workspace_id: principal.workspaceId,
    actor: { kind: principal.kind, id: principal.id },
    request_id: requestId,
    ...traceHeaders(),
  };
}

async function write(
  on: Executor,
  payload: Omit<RecurrenceEvent, Stored>,
  version: number,
  occurredAt: string,
): Promise<void> {
  await on.query(INSERT, [
    uuidv7(),
    `events.recurrence.v1.${payload.event}`,
    payload.aggregate_id,
    version,
    occurredAt,
    JSON.stringify(payload),
  ]);
}
