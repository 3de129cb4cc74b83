// The time that a task took: its spans and entries, and whose they are. The sums are the task's and private to nobody; what is listed
// by person is as far as the caller reaches.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import type { PersonTime, TaskTime, TimeSpan } from '../../contract/history.js';
import { durationMs, durationText } from '../domain/duration.js';
import { reachOf } from '../reach-of.js';
import { entryColumns, toEntry, type EntryRow } from '../persistence/entry-rows.js';
import { readShares, readSpans, type ShareRow, type SpanRow } from '../persistence/history-rows.js';
import { readSettings } from '../persistence/settings-rows.js';
import { actorOf, type Names, type NamesById } from '../reports/names.js';

/** The maximum of spans, and of entries. */
const MOST_SHOWN = 500;

export async function timeOfTask(
  on: Executor,
  names: Names,
  call: CallContext,
  { id: taskId, estimated }: { id: string; estimated: string | null },
): Promise<TaskTime> {
  const rows = await readShares(on, taskId);
  const settings = await readSettings(on, call.principal.workspaceId);
  const all = rows.filter((row): row is ShareRow => row.actor_id !== null);
  const { personId } = reachOf(call.principal);
  const shares = personId === undefined ? all : all.filter(({ actor_id: id }) => id === personId);
  const asOf = rows[0]?.as_of ?? new Date().toISOString();
  const worked = sum(all, 'worked_ms');
  const estimatedMs = estimated === null ? 0 : durationMs(estimated);
  const spans = await readSpans(on, taskId, personId, MOST_SHOWN);
  // Those of all spans are among them.
  const named = await names.actors(call, shares);
  return {
    task_id: taskId,
    as_of: asOf,
    worked: durationText(worked),
    entered: durationText(sum(all, 'entered_ms')),
    estimated,
    worked_to_estimated: estimatedMs > 0 ? Number((worked / estimatedMs).toFixed(4)) : null,
    spans: spans.map((span) => toSpan(span, asOf, named)),
    entries: (await readEntries(on, taskId, personId)).map((entry) => toEntry(entry, settings)),
    people: shares.map((share) => toPerson(share, named)),
  };
}

function sum(shares: readonly ShareRow[], part: 'worked_ms' | 'entered_ms'): number {
  return shares.reduce((total, share) => total + share[part], 0);
}

function toSpan(span: SpanRow, asOf: string, names: NamesById): TimeSpan {
  const { started_at, ended_at } = span;
  const ms = Math.max(0, Date.parse(ended_at ?? asOf) - Date.parse(started_at));
  return { started_at, ended_at, duration: durationText(ms), actor: actorOf(span, names) };
}

function toPerson(share: ShareRow, names: NamesById): PersonTime {
  const { worked_ms, entered_ms } = share;
  return { person: actorOf(share, names), worked: durationText(worked_ms), entered: durationText(entered_ms) };
}

function readEntries(on: Executor, taskId: string, personId: string | undefined): Promise<EntryRow[]> {
  return on.query<EntryRow>(
    `SELECT * FROM (
       SELECT ${entryColumns('e')} FROM time_tracking.entry e
       WHERE e.task_id = $1 AND ($2::uuid IS NULL OR e.user_id = $2) ORDER BY e.started_at DESC, e.id DESC LIMIT ${MOST_SHOWN}) latest ORDER BY started_at, id`,
    [taskId, personId ?? null],
  );
}
