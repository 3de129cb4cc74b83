// Evaluates a filter in memory. It agrees with the SQL of ../../find-tasks/filter-conditions.ts.
import { foldText, readSearch } from '@mono/contract/search-text';
import { TASK_PRIORITIES } from '../../../contract/task-constants.js';
import { daysOf, instantsOf, TODAY, type Interval } from './dates.js';
import {
  FIELDS,
  OPEN,
  STARTABLE,
  type Comparison,
  type FieldName,
  type FieldType,
  type FilterableTask,
  type FilterNode,
  type FlagName,
  type Operator,
  type Value,
} from './filter.js';
import type { Meaning } from './meaning.js';

export function matches(node: FilterNode, task: FilterableTask, meaning: Meaning): boolean {
  switch (node.kind) {
    case 'and':
      return node.nodes.every((one) => matches(one, task, meaning));
    case 'or':
      return node.nodes.some((one) => matches(one, task, meaning));
    case 'not':
      return !matches(node.node, task, meaning);
    case 'text':
      return hasWords(task, node.text);
    case 'flag':
      return hasFlag(node.flag, task, meaning);
    case 'comparison':
      return compares(node, task, meaning);
  }
}

function hasFlag(flag: FlagName, task: FilterableTask, { clock }: Meaning): boolean {
  switch (flag) {
    case 'open':
      return OPEN.has(task.status);
    case 'overdue':
      return OPEN.has(task.status) && task.due_instant !== null && Date.parse(task.due_instant) < clock.nowMs;
    case 'blocked':
      return OPEN.has(task.status) && (task.status === 'blocked' || task.blocked_by_open > 0);
    case 'ready': {
      const hasBegun = task.starts_on === null || task.starts_on < daysOf(TODAY, clock).to;
      return STARTABLE.has(task.status) && task.blocked_by_open === 0 && hasBegun;
    }
    case 'recurring':
      return task.template_id !== null;
    case 'subtask':
      return task.parent_id !== null;
  }
}

function compares({ field, operator, values }: Comparison, task: FilterableTask, meaning: Meaning): boolean {
  const test = (value: Value): boolean => comparesWith(field, operator, value, task, meaning);
  return operator === '!=' ? values.every(test) : values.some(test);
}

function comparesWith(
  name: FieldName,
  operator: Operator,
  value: Value,
  task: FilterableTask,
  meaning: Meaning,
): boolean {
  const { type, column } = FIELDS[name];
  const known = task[column];
  if (value.kind === 'none') return (known === null || known.length === 0) === (operator === ':');
  if (known === null) return false;
  if (typeof known !== 'string') return value.kind === 'text' && known.includes(value.text) === (operator === ':');
  switch (value.kind) {
    case 'duration':
      return holds(operator, placeOf(secondsOf(known), pointOf(secondsOf(value.iso))));
    case 'date': {
      const place =
        type === 'day'
          ? placeOf(known, daysOf(value.date, meaning.clock))
          : placeOf(Date.parse(known), instantsOf(value.date, meaning.clock));
      return holds(operator, place);
    }
    case 'text':
      if (type === 'rank') return holds(operator, placeOf(rankOf(known), pointOf(rankOf(value.text))));
      return isNamed(type, known, value.text, meaning) === (operator === ':');
  }
}

function rankOf(priority: string): number {
  return TASK_PRIORITIES.findIndex((one) => one === priority);
}

function isNamed(type: FieldType, known: string, text: string, { lists, members }: Meaning): boolean {
  if (type === 'member') return members.get(text)?.includes(known) ?? false;
  if (type === 'list') return lists.get(text)?.includes(known) ?? false;
  if (type === 'title') return foldText(known).includes(foldText(text));
  return known === text;
}

/** Where a value stands relative to an interval: -1 before, 0 within, 1 after. */
function placeOf<T extends string | number>(value: T, { from, to }: Interval<T>): number {
  if (value < from) return -1;
  return (from === to ? value > from : value >= to) ? 1 : 0;
}

function pointOf(value: number): Interval<number> {
  return { from: value, to: value };
}

function holds(operator: Operator, place: number): boolean {
  switch (operator) {
    case ':':
      return place === 0;
    case '!=':
      return place !== 0;
    case '<':
      return place < 0;
    case '<=':
      return place <= 0;
    case '>':
      return place > 0;
    case '>=':
      return place >= 0;
  }
}

const DURATION =
  /^P(?:([\d.]+)Y)?(?:([\d.]+)M)?(?:([\d.]+)W)?(?:([\d.]+)D)?(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/;
const DAY = 86_400;
const SECONDS = [360 * DAY, 30 * DAY, 7 * DAY, DAY, 3_600, 60, 1];

/** As PostgreSQL compares intervals: a month has 30 days, and a day 24 hours. */
function secondsOf(iso: string): number {
  const [, ...parts] = DURATION.exec(iso) ?? [];
  return parts.reduce((sum, part: string | undefined, index) => sum + Number(part ?? 0) * (SECONDS[index] ?? 0), 0);
}

/** All words, the last one also as a prefix. Words of letters and digits agree with the search of the database. */
function hasWords({ title, description, tags }: FilterableTask, text: string): boolean {
  const { required, phrases, excluded } = readSearch(text);
  const known = wordsOf([title, ...tags, description ?? ''].join(' '));
  const asked = wordsOf(required);
  if (asked.length === 0 && (required !== '' || excluded.length === 0)) return false;
  const last = asked.pop();
  return (
    asked.every((word) => known.includes(word)) &&
    (last === undefined || known.some((word) => word.startsWith(last))) &&
    phrases.every((phrase) => hasPhrase(known, phrase)) &&
    !excluded.some((phrase) => hasPhrase(known, phrase))
  );
}

function hasPhrase(known: readonly string[], phrase: string): boolean {
  const words = wordsOf(phrase);
  return words.length > 0 && known.some((_word, at) => words.every((word, index) => known[at + index] === word));
}

function wordsOf(text: string): string[] {
  return foldText(text).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}
