// Lists the occurrences of a template, from the ledger and, beyond the horizon, from its rule.
import { normalInstant, zoneOf, type CallContext } from '@mono/contract';
import { instantOfMoment } from '@mono/contract/zones';
import type { TransactionalExecutor } from '@mono/platform';
import { InvalidInputError } from '@mono/contract/errors';
import type { Occurrence, OccurrencePage, OccurrenceQuery } from '../../contract/occurrence.js';
import type { OccurrenceState } from '../../contract/template-constants.js';
import { startOf } from '../domain/content.js';
import { datesFrom, keyBefore } from '../domain/dates.js';
import { newOccurrence } from '../generation/successor.js';
import type { OccurrenceRow } from '../domain/occurrence.js';
import { occurrencesWithin } from '../persistence/occurrence-pages.store.js';
import { occurrencesByKey } from '../persistence/occurrences.store.js';
import type { TemplateRow } from '../persistence/templates.store.js';
import { requireTemplate } from '../templates/require-template.js';
import { keyAfter, keyPage, readKeyPage } from './key-page.js';

const YEAR_MS = 366 * 24 * 60 * 60 * 1_000;
const FOUR_DAYS_MS = 4 * 24 * 60 * 60 * 1_000;

interface Window {
  fromMs: number;
  toMs: number;
}

export async function findOccurrences(
  database: TransactionalExecutor,
  context: CallContext,
  id: string,
  query: OccurrenceQuery,
): Promise<OccurrencePage> {
  const template = await requireTemplate(database, context, id);
  const window = windowOf(query, zoneOf(context.principal));
  const request = readKeyPage(query, { occurrences_of: id, from: query.from, to: query.to });
  const wanted = request.limit + 1;
  const from = firstKey(window, keyAfter(request));
  const rows = await occurrencesWithin(database, context.principal, template, {
    from,
    before: keyBefore(window.toMs + FOUR_DAYS_MS),
    after: keyAfter(request) ?? null,
    fromMs: window.fromMs,
    toMs: window.toMs,
    limit: wanted,
  });
  // Dates after a full page are not shown.
  const last = rows.length === wanted ? rows.at(-1)?.original_start : undefined;
  const scheduled = await unknownDates(database, template, window, { after: keyAfter(request), last, limit: wanted });
  const merged = [...rows, ...scheduled].sort((one, other) => (one.original_start < other.original_start ? -1 : 1));
  return keyPage(request, merged.slice(0, wanted), toOccurrence(template));
}

/** @throws InvalidInputError */
function windowOf({ from, to }: OccurrenceQuery, zone: string): Window {
  const msOf = (text: string): number => Date.parse(normalInstant(instantOfMoment(zone, text)));
  const fromMs = from === undefined ? Date.now() : msOf(from);
  const toMs = to === undefined ? fromMs + YEAR_MS : msOf(to);
  if (toMs < fromMs)
    throw new InvalidInputError([{ field: 'to', code: 'out_of_range', issue: 'must not be before from' }]);
  return { fromMs, toMs };
}

function firstKey({ fromMs }: Pick<Window, 'fromMs'>, after: string | undefined): string {
  const first = keyBefore(fromMs);
  return after !== undefined && after > first ? after : first;
}

/** Dates that are looked up at a time. */
const CHUNK = 100;

/** The first `limit` dates of the rule that are not in the ledger, up to the key `last`, inclusive. */
async function unknownDates(
  database: TransactionalExecutor,
  template: TemplateRow,
  window: Window,
  { after, last, limit }: { after: string | undefined; last: string | undefined; limit: number },
): Promise<OccurrenceRow[]> {
  // The dates of a chain by completion are unknown; a stopped template has none.
  if (template.anchor === 'completion' || template.status !== 'active') return [];
  const fromMs = Math.max(window.fromMs, Date.parse(template.plan_from));
  const found: OccurrenceRow[] = [];
  let chunk: OccurrenceRow[] = [];
  for (const date of datesFrom(template, firstKey({ fromMs }, after))) {
    if (date.at >= window.toMs || found.length >= limit || (last !== undefined && date.originalStart > last)) break;
    if (date.at < fromMs || (after !== undefined && date.originalStart <= after)) continue;
    chunk.push({ ...newOccurrence(template, date), wanted: false });
    if (chunk.length < CHUNK) continue;
    found.push(...(await unknownOf(database, template, chunk)));
    chunk = [];
  }
  return [...found, ...(await unknownOf(database, template, chunk))].slice(0, limit);
}

async function unknownOf(
  database: TransactionalExecutor,
  { series_id: seriesId }: TemplateRow,
  rows: readonly OccurrenceRow[],
): Promise<OccurrenceRow[]> {
  if (rows.length === 0) return [];
  const keys = rows.map(({ original_start: key }) => key);
  const known = new Set((await occurrencesByKey(database, seriesId, keys)).map(({ original_start: key }) => key));
  return rows.filter(({ original_start: key }) => !known.has(key));
}

export function toOccurrence(template: Pick<TemplateRow, 'status' | 'plan_from'>): (row: OccurrenceRow) => Occurrence {
  return (row) => ({
    original_start: row.original_start,
    at: startOf(row),
    note: row.note as Occurrence['note'],
    state: stateOf(template, row),
    moved: row.moved_to !== null,
    edited: row.fields !== null,
    task_id: row.made && row.wanted ? row.task_id : null,
    task_status: row.wanted ? row.task_status : null,
    template_id: row.template_id,
  });
}

function stateOf(
  { status, plan_from: planFrom }: Pick<TemplateRow, 'status' | 'plan_from'>,
  row: OccurrenceRow,
): OccurrenceState {
  if (row.skipped) return 'skipped';
  if (row.task_status === 'done') return 'done';
  if (row.wanted) return row.made ? 'materialised' : 'scheduled';
  const toCome = status === 'active' && row.fits && startOf(row) >= planFrom;
  return toCome ? 'scheduled' : 'dropped';
}
