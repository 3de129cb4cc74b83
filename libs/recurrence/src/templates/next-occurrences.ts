// The next occurrence of each template: the ledger has it in most cases; beyond its end, or while it is out of date, the rule has it.
import type { CallContext } from '@mono/contract';
import { Slices, type Executor } from '@mono/platform';
import type { Template } from '../../contract/template.js';
import { RuleTooExpensiveError } from '../domain/budget.js';
import { datesFrom, keyBefore } from '../domain/dates.js';
import type { OccurrenceDate } from '../domain/schedule.js';
import { isStopped } from '../domain/template-state.js';
import {
  plannedStarts,
  takenDates,
  type NextFilter,
  type PlannedStarts,
} from '../persistence/next-occurrences.store.js';
import { toTemplate, type TemplateRow } from '../persistence/templates.store.js';

const TWO_DAYS_MS = 2 * 24 * 60 * 60 * 1_000;
/** Dates of a rule that are looked up at a time: mostly the first one is free. */
const CHUNKS = [4, 60, 936];

/** On a template that the caller may see. */
export async function shownTemplate(
  on: Executor,
  { principal }: Pick<CallContext, 'principal'>,
  row: TemplateRow,
): Promise<Template> {
  return toTemplate(row, (await nextStarts(on, principal, [row])).get(row.id));
}

/** By template: when the first occurrence starts that is to come, RFC 3339 in UTC. Without templates that have none. */
export async function nextStarts(
  on: Executor,
  { listIds = null }: { listIds?: readonly string[] | null },
  rows: readonly TemplateRow[],
): Promise<ReadonlyMap<string, string>> {
  const active = rows.filter((row) => !isStopped(row));
  if (active.length === 0) return new Map();
  const nowMs = Date.now();
  const filter = { now: new Date(nowMs).toISOString(), from: keyBefore(nowMs), listIds };
  const planned = await plannedStarts(on, active, filter);
  const starts = new Map<string, string>();
  const unsure: TemplateRow[] = [];
  for (const row of active) {
    const known = planned.get(row.id);
    offer(starts, row, known?.moved);
    if (isCurrent(row)) offer(starts, row, known?.by_rule);
    if (mayBeEarlier(row, known)) unsure.push(row);
  }
  await offerDates(on, unsure, filter, starts);
  return starts;
}

/** The earliest counts, before the template ends by itself. */
function offer(
  starts: Map<string, string>,
  { id, ends_at: endsAt }: TemplateRow,
  start: string | null | undefined,
): void {
  if (typeof start !== 'string' || (endsAt !== null && start >= endsAt)) return;
  const known = starts.get(id);
  if (known === undefined || start < known) starts.set(id, start);
}

/** Whether the ledger follows the latest change. */
function isCurrent({ revision, planned_revision: planned }: TemplateRow): boolean {
  return revision === planned;
}

/** Whether the rule may have an earlier date than the ledger. */
function mayBeEarlier(row: TemplateRow, known: PlannedStarts | undefined): boolean {
  if (row.problem !== null) return false;
  // The next occurrence of a chain counts from the completion of its live one, except for the very first.
  if (row.anchor === 'completion') return row.planned_revision === 0;
  if (!isCurrent(row) || row.planned_before === null) return true;
  if (!known?.by_rule) return row.planned_before !== '~';
  // Keys are local: no local time is farther from its instant.
  const keyAfter = new Date(Date.parse(known.by_rule) + TWO_DAYS_MS).toISOString().slice(0, 19);
  return row.planned_before <= keyAfter;
}

async function offerDates(
  on: Executor,
  rows: readonly TemplateRow[],
  filter: NextFilter,
  starts: Map<string, string>,
): Promise<void> {
  const slices = new Slices();
  let open = rows.map((row) => ({ row, walk: datesOf(row, filter.now) }));
  for (const size of CHUNKS) {
    if (open.length === 0) return;
    const chunks: { one: (typeof open)[number]; dates: OccurrenceDate[] }[] = [];
    for (const one of open) {
      await slices.pause();
      const dates = nextOf(one.walk, size);
      if (dates.length > 0) chunks.push({ one, dates });
    }
    const keys = chunks.flatMap(({ one: { row }, dates }) =>
      dates.map(({ originalStart }) => ({ series_id: row.series_id, original_start: originalStart })),
    );
    const busy = new Set(keys.length === 0 ? [] : (await takenDates(on, keys, filter)).map(keyText));
    open = chunks.flatMap(({ one, dates }) => {
      const { series_id } = one.row;
      const free = dates.filter(
        ({ originalStart }) => !busy.has(keyText({ series_id, original_start: originalStart })),
      );
      if (free.length === 0) return [one];
      offer(starts, one.row, new Date(Math.min(...free.map(({ at }) => at))).toISOString());
      return [];
    });
  }
}

function keyText({
  series_id: seriesId,
  original_start: originalStart,
}: {
  series_id: string;
  original_start: string;
}): string {
  return `${seriesId} ${originalStart}`;
}

/** The dates of the rule to come, which the ledger may not have yet. None is left of a rule that is too expensive. */
function* datesOf(row: TemplateRow, now: string): Generator<OccurrenceDate> {
  const [nowMs, planFromMs] = [Date.parse(now), Date.parse(row.plan_from)];
  const begin = keyBefore(Math.max(nowMs, planFromMs));
  const { planned_before: before } = row;
  try {
    for (const date of datesFrom(row, isCurrent(row) && before !== null && before > begin ? before : begin)) {
      if (date.at < planFromMs) continue;
      if (date.at > nowMs) yield date;
      if (row.anchor === 'completion') return;
    }
  } catch (error) {
    if (!(error instanceof RuleTooExpensiveError)) throw error;
  }
}

/** The next ones of a walk that goes on afterwards. */
function nextOf(walk: Iterator<OccurrenceDate>, most: number): OccurrenceDate[] {
  const dates: OccurrenceDate[] = [];
  while (dates.length < most) {
    const next = walk.next();
    if (next.done) break;
    dates.push(next.value);
  }
  return dates;
}
