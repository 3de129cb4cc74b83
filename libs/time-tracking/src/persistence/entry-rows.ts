// A time entry as it is stored, and as clients see it.
import type { TimeEntry } from '../../contract/entry.js';
import type { EntrySource } from '../../contract/time-constants.js';
import { durationText } from '../domain/duration.js';
import { rounded, type Rounding } from '../domain/rounding.js';

export interface EntryRow {
  id: string;
  workspace_id: string;
  user_id: string;
  task_id: string | null;
  started_at: string;
  /** Null while its timer runs. */
  ended_at: string | null;
  note: string | null;
  tags: string[];
  billable: boolean;
  source: EntrySource;
  version: number;
  created_at: string;
  updated_at: string;
}

const NAMES = [
  'id',
  'workspace_id',
  'user_id',
  'task_id',
  'started_at',
  'ended_at',
  'note',
  'tags',
  'billable',
  'source',
  'version',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof EntryRow)[];

/** @param alias of `time_tracking.entry`. */
export function entryColumns(alias: string): string {
  return NAMES.map((name) => `${alias}.${name}`).join(', ');
}

/** @param overlaps ids of others at the same time, where they are to be named. */
export function toEntry(row: EntryRow, rounding: Rounding, overlaps: readonly string[] = []): TimeEntry {
  const { workspace_id: _workspace, started_at, ended_at, ...shown } = row;
  const ms = ended_at === null ? null : Date.parse(ended_at) - Date.parse(started_at);
  const roundedMs = ms === null ? null : rounded(ms, rounding);
  return {
    ...shown,
    started_at,
    ended_at,
    duration: ms === null ? null : durationText(ms),
    rounded_duration: roundedMs === null ? null : durationText(roundedMs),
    overlaps: [...overlaps],
  };
}
