// For tests: a report computed in memory, day by day and piece by piece, as one would by hand.
import { Temporal } from 'temporal-polyfill';
import type { Group, Week } from '../contract/index.js';
import type { TaskRow, TimeRows } from './time-rows.js';

export interface NaiveQuestion {
  from: number;
  to: number;
  tz: string;
  week: Week;
  groups: readonly Group[];
  asOf: number;
  /** Of the task and its own tags; undefined task: none, or nobody knows it. */
  matches: (task: TaskRow | undefined, taskId: string | null, ownTags: readonly string[]) => boolean;
}

export interface NaiveRow {
  keys: (string | null)[];
  worked: number;
  entered: number;
  billable: number;
  spans: number;
  entries: number;
}

interface Item {
  begins: number;
  ends: number;
  isEntry: boolean;
  billable: boolean;
  task: TaskRow | undefined;
  taskId: string | null;
  person: string;
  tags: string[];
}

const FIRST_WEEKDAY: Record<Week, number> = { iso: 1, monday: 1, sunday: 7, saturday: 6 };

export function naiveReport(rows: TimeRows, question: NaiveQuestion): { rows: NaiveRow[]; total: NaiveRow } {
  const items = itemsOf(rows, question);
  const total = emptyRow([]);
  const found = new Map<string, NaiveRow>();
  for (const item of items) {
    add(total, item, item.ends - item.begins, true);
    const seen = new Set<string>();
    for (const { names, took } of piecesOf(item, question)) {
      for (const keys of keysOf(item, question.groups, names)) {
        const id = JSON.stringify(keys);
        const row = found.get(id) ?? emptyRow(keys);
        found.set(id, row);
        add(row, item, took, !seen.has(id));
        seen.add(id);
      }
    }
  }
  return { rows: [...found.values()].sort(byKeys), total };
}

function itemsOf({ tasks, spans, entries }: TimeRows, { from, to, asOf, matches }: NaiveQuestion): Item[] {
  const known = new Map(tasks.map((task) => [task.task_id, task]));
  const taskOf = (id: string | null): TaskRow | undefined => (id === null ? undefined : known.get(id));
  const ofSpans = spans.map((span): Item => {
    const task = taskOf(span.task_id);
    return {
      begins: Math.max(from, Date.parse(span.started_at)),
      ends: Math.min(to, asOf, Date.parse(span.ended_at ?? '9999-01-01T00:00:00Z')),
      isEntry: false,
      billable: false,
      task,
      taskId: span.task_id,
      person: span.actor_id,
      tags: [],
    };
  });
  const ofEntries = entries.map((entry): Item => {
    const until = entry.source === 'timer' || entry.ended_at === null ? asOf : Infinity;
    return {
      begins: Math.max(from, Date.parse(entry.started_at)),
      ends: Math.min(to, until, Date.parse(entry.ended_at ?? '9999-01-01T00:00:00Z')),
      isEntry: true,
      billable: entry.billable,
      task: taskOf(entry.task_id),
      taskId: entry.task_id,
      person: entry.user_id,
      tags: entry.tags,
    };
  });
  return [...ofSpans, ...ofEntries].filter(
    ({ begins, ends, task, taskId, tags }) => begins < ends && matches(task, taskId, tags),
  );
}

interface Piece {
  names: { day: string; week: string; month: string };
  took: number;
}

function piecesOf({ begins, ends }: Item, { tz, week }: NaiveQuestion): Piece[] {
  const pieces: Piece[] = [];
  let date = Temporal.Instant.fromEpochMilliseconds(begins).toZonedDateTimeISO(tz).toPlainDate().subtract({ days: 1 });
  for (;;) {
    const start = date.toZonedDateTime(tz).epochMilliseconds;
    if (start >= ends) return pieces;
    const next = date.add({ days: 1 });
    const took = Math.min(ends, next.toZonedDateTime(tz).epochMilliseconds) - Math.max(begins, start);
    if (took > 0) pieces.push({ names: namesOf(date, week), took });
    date = next;
  }
}

function namesOf(date: Temporal.PlainDate, week: Week): Piece['names'] {
  const first = date.subtract({ days: (date.dayOfWeek - FIRST_WEEKDAY[week] + 7) % 7 });
  const iso = `${date.yearOfWeek}-W${String(date.weekOfYear).padStart(2, '0')}`;
  return {
    day: date.toString(),
    week: week === 'iso' ? iso : first.toString(),
    month: date.toPlainYearMonth().toString(),
  };
}

function keysOf(item: Item, groups: readonly Group[], names: Piece['names']): (string | null)[][] {
  const { task } = item;
  const tags = [...new Set([...item.tags, ...(task?.tags ?? [])])];
  const values: Record<Group, (string | null)[]> = {
    day: [names.day],
    week: [names.week],
    month: [names.month],
    task: [item.taskId],
    list: [task?.list_id ?? null],
    tag: tags.length > 0 ? tags : [null],
    assignee: [task?.assignee_id ?? null],
    template: [task?.template_id ?? null],
    status: [task?.status ?? null],
    person: [item.person],
  };
  return groups.reduce<(string | null)[][]>(
    (keys, group) => keys.flatMap((before) => values[group].map((value) => before.concat(value))),
    [[]],
  );
}

function emptyRow(keys: (string | null)[]): NaiveRow {
  return { keys, worked: 0, entered: 0, billable: 0, spans: 0, entries: 0 };
}

function add(row: NaiveRow, { isEntry, billable }: Item, took: number, isNew: boolean): void {
  if (isEntry) row.entered += took;
  else row.worked += took;
  if (billable) row.billable += took;
  if (isNew) row[isEntry ? 'entries' : 'spans'] += 1;
}

function byKeys({ keys: one }: NaiveRow, { keys: other }: NaiveRow): number {
  for (const [index, key] of one.entries()) {
    const order = compare(key, other[index] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function compare(one: string | null, other: string | null): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
