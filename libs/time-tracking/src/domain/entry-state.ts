// The content of an entry, and of a change of it. Plain values by their REST names; no database, no transport.
import type { EntryEvent } from '../../contract/time-tracking.events.js';

/** Everything that a change may set, and whose it is. Instants are UTC with milliseconds. */
export interface EntryState {
  user_id: string;
  task_id: string | null;
  started_at: string;
  /** Null while its timer runs. */
  ended_at: string | null;
  note: string | null;
  tags: string[];
  billable: boolean;
}

/** The description of the work itself. */
export interface SaidOfWork {
  note?: string | null | undefined;
  tags?: string[] | undefined;
  billable?: boolean | undefined;
}

const TOLD_FIELDS = ['user_id', 'task_id', 'started_at', 'ended_at', 'note', 'tags', 'billable'] as const;

export type EntryChanges = EntryEvent['changes'];

/** The same work, but for what is present. */
export function withSaid<State extends Pick<EntryState, 'note' | 'tags' | 'billable'>>(
  state: State,
  { note = state.note, tags = state.tags, billable = state.billable }: SaidOfWork,
): State {
  return { ...state, note, tags, billable };
}

/** Old and new value of each field that differs; empty when none does. */
export function changesBetween(from: EntryState | undefined, to: EntryState | undefined): EntryChanges {
  const changes: EntryChanges = {};
  for (const field of TOLD_FIELDS) {
    const before = from?.[field] ?? null;
    const after = to?.[field] ?? null;
    if (!same(before, after)) changes[field] = { from: before, to: after };
  }
  return changes;
}

function same(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => item === other[index]);
  return one === other;
}

/** The most specific name for what happened. */
export function eventOf(from: EntryState, to: EntryState): 'timer_stopped' | 'entry_updated' {
  return from.ended_at === null && to.ended_at !== null ? 'timer_stopped' : 'entry_updated';
}
