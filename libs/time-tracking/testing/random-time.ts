// For tests: tasks and their time at random, around a moment, with everything that reports tell apart.
import { randomUUID } from 'node:crypto';
import { array, boolean, constantFrom, integer, oneof, option, record, subarray, type Arbitrary } from 'fast-check';
import type { EntryOfTime, SpanOfTime, TaskRow, TimeRows } from './time-rows.js';

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
export const A_PERSON = '00000000-0000-7000-8000-000000000001';
export const A_LIST = '00000000-0000-7000-8000-000000000003';
export const A_TEMPLATE = '00000000-0000-7000-8000-000000000005';
const TAGS = ['a', 'B', 'ä', '=1'];
const PEOPLE = [A_PERSON, '00000000-0000-7000-8000-000000000002'];
const LISTS = [A_LIST, '00000000-0000-7000-8000-000000000004'];

interface Stretch {
  /** Milliseconds from the moment. */
  begins: number;
  /** Milliseconds; null: it still runs. */
  length: number | null;
  person: string;
}

interface EntrySeed extends Stretch {
  tags: string[];
  billable: boolean;
  isTimer: boolean;
  hasTask: boolean;
}

export interface TaskSeed extends Pick<
  TaskRow,
  'title' | 'list_id' | 'tags' | 'assignee_id' | 'template_id' | 'status'
> {
  /** Whether anything of it has been heard but its spans. */
  isKnown: boolean;
  spans: Stretch[];
  entries: EntrySeed[];
}

/** @param days how far from the moment it may begin. */
export function randomTime(days: number): Arbitrary<TaskSeed[]> {
  const begins = milliseconds(-4 * DAY_MS, days * DAY_MS);
  const length = option(milliseconds(0, 3 * DAY_MS), { freq: 8 });
  const entry = record({
    begins,
    length,
    person: constantFrom(...PEOPLE),
    tags: subarray(TAGS),
    billable: boolean(),
    isTimer: boolean(),
    hasTask: boolean(),
  });
  const task = record({
    title: constantFrom('Water the plants', 'ä', null),
    list_id: constantFrom(...LISTS, null),
    tags: option(subarray(TAGS)),
    assignee_id: constantFrom(...PEOPLE, null),
    template_id: constantFrom(A_TEMPLATE, null),
    status: constantFrom('todo', 'in_progress', 'done', null),
    isKnown: constantFrom(true, true, true, false),
    spans: array(record({ begins, length, person: constantFrom(...PEOPLE, 'recurrence') }), {
      minLength: 1,
      maxLength: 6,
    }),
    entries: array(entry, { maxLength: 3 }),
  });
  return array(task, { minLength: 1, maxLength: 8 });
}

/** Often whole hours: there days begin and end. */
function milliseconds(min: number, max: number): Arbitrary<number> {
  const hours = integer({ min: min / HOUR_MS, max: max / HOUR_MS }).map((hours) => hours * HOUR_MS);
  return oneof(integer({ min, max }), hours);
}

/** With ids that nobody else has. @param base the moment, milliseconds since 1970. */
export function timeRows(seeds: readonly TaskSeed[], workspace: string, base: number): TimeRows {
  const rows: TimeRows = { tasks: [], transitions: [], spans: [], entries: [] };
  const running = new Set<string>();
  for (const { isKnown, spans, entries, ...task } of seeds) {
    const owner = { task_id: randomUUID(), workspace_id: workspace };
    if (isKnown) rows.tasks.push({ ...owner, ...task, estimated_duration: null, status_seen: 1 });
    for (const [index, span] of spans.entries())
      rows.spans.push({ ...owner, ...spanOf(span, base), version: index + 1 });
    for (const entry of entries)
      rows.entries.push({ ...entryOf(entry, base, running), ...owner, task_id: entry.hasTask ? owner.task_id : null });
  }
  return rows;
}

function spanOf(
  { begins, length, person }: Stretch,
  base: number,
): Pick<SpanOfTime, 'started_at' | 'ended_at' | 'actor_id'> {
  return { ...timesOf(base + begins, length), actor_id: person };
}

function entryOf(
  { begins, length, person, tags, billable, isTimer }: EntrySeed,
  base: number,
  running: Set<string>,
): Omit<EntryOfTime, 'task_id' | 'workspace_id'> {
  // Nobody has two timers that run.
  const runs = length === null && !running.has(person);
  if (runs) running.add(person);
  return {
    id: randomUUID(),
    user_id: person,
    ...timesOf(base + begins, runs ? null : (length ?? HOUR_MS)),
    tags,
    billable,
    source: isTimer || runs ? 'timer' : 'manual',
  };
}

function timesOf(begins: number, length: number | null): { started_at: string; ended_at: string | null } {
  return {
    started_at: new Date(begins).toISOString(),
    ended_at: length === null ? null : new Date(begins + length).toISOString(),
  };
}
