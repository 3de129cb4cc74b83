// A filter as SQL over "tasks"."task" t. It agrees with ../domain/filter/matches.ts, which evaluates the same filter in memory.
import { foldText } from '@mono/contract/search-text';
import { HIDDEN_STATUSES, TASK_PRIORITIES, TASK_STATUSES, type TaskStatus } from '../../contract/index.js';
import { daysOf, instantsOf, TODAY, type Interval } from '../domain/filter/dates.js';
import {
  comparisonsOf,
  FIELDS,
  OPEN,
  STARTABLE,
  type Comparison,
  type FilterNode,
  type FlagName,
  type Operator,
  type Value,
} from '../domain/filter/filter.js';
import type { Meaning } from '../domain/filter/meaning.js';
import { literals } from '../persistence/literals.js';
import type { Filter } from './read-filter.js';
import { keysMatch, wordsMatch, type Parameters } from './parameters.js';

interface FilterScope {
  workspaceId: string;
  meaning: Meaning;
  parameters: Parameters;
}

/** The conditions that a task must all fulfil. Those of a top-level `&` stand alone, where indexes serve them. */
export function filterConditions({ node, meaning }: Filter, within: Omit<FilterScope, 'meaning'>): string[] {
  return conjuncts(node).map((one) => condition(one, { ...within, meaning }));
}

/** The conditions that are joined by `&` at the top. */
export function conjuncts(node: FilterNode): readonly FilterNode[] {
  return node.kind === 'and' ? node.nodes.flatMap(conjuncts) : [node];
}

function condition(node: FilterNode, scope: FilterScope): string {
  switch (node.kind) {
    case 'and':
    case 'or':
      return `(${node.nodes.map((one) => condition(one, scope)).join(node.kind === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      if (node.node.kind === 'flag' && node.node.flag === 'blocked')
        return `(t.status NOT IN (${literals([...OPEN])}) OR (t.status <> 'blocked' AND ${isUnblocked(scope)}))`;
      // The complement: what is unknown of a task counts as false.
      return `(${condition(node.node, scope)}) IS NOT TRUE`;
    case 'text':
      return `(${wordsMatch(scope, node.text).join(' AND ')})`;
    case 'flag':
      return flagCondition(node.flag, scope);
    case 'comparison':
      return comparison(node, scope);
  }
}

function flagCondition(flag: FlagName, scope: FilterScope): string {
  const { meaning, parameters } = scope;
  switch (flag) {
    case 'open':
      return `t.status IN (${literals([...OPEN])})`;
    case 'overdue': {
      const now = parameters.add(instant(meaning.clock.nowMs));
      return `(t.status IN (${literals([...OPEN])}) AND t.due_instant < ${now}::timestamptz)`;
    }
    case 'blocked':
      return `(t.status IN (${literals([...OPEN])}) AND (t.status = 'blocked' OR ${isBlocked(scope)}))`;
    case 'ready': {
      const tomorrow = `${parameters.add(daysOf(TODAY, meaning.clock).to)}::date`;
      const hasBegun = `(t.starts_on IS NULL OR t.starts_on < ${tomorrow})`;
      return `(t.status IN (${literals([...STARTABLE])}) AND ${hasBegun} AND ${isUnblocked(scope)})`;
    }
    case 'recurring':
      return 't.template_id IS NOT NULL';
    case 'subtask':
      return 't.parent_id IS NOT NULL';
  }
}

const BLOCKED_TASKS = `FROM tasks.relation r JOIN tasks.task b ON b.id = r.task_id
    WHERE r.kind = 'blocks' AND b.status IN (${literals([...OPEN])})`;

/** Matches are few: the blocked tasks of the workspace are read once. */
function isBlocked({ workspaceId, parameters }: FilterScope): string {
  return `t.id IN (SELECT r.other_id ${BLOCKED_TASKS} AND r.workspace_id = ${parameters.add(workspaceId)}::uuid)`;
}

/** Matches are many: a page probes the rows that it reads. LIMIT keeps planners that know nothing of the tables from joining them. */
function isUnblocked({ workspaceId, parameters }: FilterScope): string {
  const ofTask = `r.workspace_id = ${parameters.add(workspaceId)}::uuid AND r.other_id = t.id`;
  return `(SELECT true ${BLOCKED_TASKS} AND ${ofTask} LIMIT 1) IS NULL`;
}

function comparison({ field, operator, values }: Comparison, scope: FilterScope): string {
  const { type, column } = FIELDS[field];
  const positive = operator !== '!=';
  const texts = values.flatMap((value) => (value.kind === 'text' ? value.text : []));
  const others = values.filter((value) => value.kind !== 'text');
  const parts = others.map((value) => valueCondition(column, operator, value, scope));
  if (texts.length > 0) {
    if (type === 'rank') parts.push(rankCondition(operator, texts));
    else if (type === 'title') parts.push(...texts.map((text) => titleCondition(positive, text, scope)));
    else parts.push(membership(type, column, positive, texts, scope));
  }
  return parts.length === 1 ? String(parts[0]) : `(${parts.join(positive ? ' OR ' : ' AND ')})`;
}

function rankCondition(operator: Operator, texts: readonly string[]): string {
  const ranks = texts.map((text) => TASK_PRIORITIES.findIndex((priority) => priority === text));
  const asked = TASK_PRIORITIES.filter((_, rank) => {
    switch (operator) {
      case ':':
        return ranks.includes(rank);
      case '!=':
        return !ranks.includes(rank);
      case '<':
        return ranks.some((one) => rank < one);
      case '<=':
        return ranks.some((one) => rank <= one);
      case '>':
        return ranks.some((one) => rank > one);
      case '>=':
        return ranks.some((one) => rank >= one);
    }
  });
  return asked.length === 0 ? 'false' : `t.priority IN (${literals(asked)})`;
}

function titleCondition(positive: boolean, text: string, { parameters }: FilterScope): string {
  return `strpos(tasks.search_fold(t.title), ${parameters.add(foldText(text))}::text) ${positive ? '>' : '='} 0`;
}

function membership(
  type: (typeof FIELDS)[Comparison['field']]['type'],
  column: string,
  positive: boolean,
  texts: readonly string[],
  scope: FilterScope,
): string {
  const { meaning, parameters } = scope;
  if (type === 'tag') {
    const tags = `${parameters.add(texts)}::text[]`;
    if (!positive) return `NOT t.tags && ${tags}`;
    return `(t.tags && ${tags} AND ${keysMatch(scope, 'tags_query_within', `${tags}, false`)})`;
  }
  if (type === 'word') return `t.${column} ${positive ? '' : 'NOT '}IN (${literals(texts)})`;
  const idsOf = { list: meaning.lists, member: meaning.members }[type as string];
  const ids = texts.flatMap((text) => (idsOf ? [...(idsOf.get(text) ?? [])] : [text]));
  if (ids.length === 1) return `t.${column} ${positive ? '=' : '<>'} ${parameters.add(ids[0])}::uuid`;
  return `t.${column} ${positive ? '= ANY' : '<> ALL'}(${parameters.add(ids)}::uuid[])`;
}

function valueCondition(
  column: string,
  operator: Operator,
  value: Exclude<Value, { kind: 'text' }>,
  { meaning, parameters }: FilterScope,
): string {
  if (value.kind === 'none') {
    const isNone = column === 'tags' ? `t.tags = '{}'` : `t.${column} IS NULL`;
    return operator === ':' ? isNone : `NOT (${isNone})`;
  }
  const bound = (given: string, type: string): string => `${parameters.add(given)}::${type}`;
  if (value.kind === 'duration') {
    const at = { from: value.iso, to: value.iso };
    return within(`t.${column}::interval`, operator, at, (given) => bound(given, 'interval'));
  }
  if (column === 'starts_on')
    return within('t.starts_on', operator, daysOf(value.date, meaning.clock), (given) => bound(given, 'date'));
  const { from, to } = instantsOf(value.date, meaning.clock);
  return within(`t.${column}`, operator, { from: instant(from), to: instant(to) }, (given) =>
    bound(given, 'timestamptz'),
  );
}

/** Intervals exclude their end; a point has none. */
function within(
  column: string,
  operator: Operator,
  { from, to }: Interval<string>,
  bound: (given: string) => string,
): string {
  const isPoint = from === to;
  const before = (): string => `${column} < ${bound(from)}`;
  const notBefore = (): string => `${column} >= ${bound(from)}`;
  const after = (): string => (isPoint ? `${column} > ${bound(to)}` : `${column} >= ${bound(to)}`);
  const notAfter = (): string => (isPoint ? `${column} <= ${bound(to)}` : `${column} < ${bound(to)}`);
  switch (operator) {
    case ':':
      return isPoint ? `${column} = ${bound(from)}` : `(${notBefore()} AND ${notAfter()})`;
    case '!=':
      return isPoint ? `${column} <> ${bound(from)}` : `(${before()} OR ${after()})`;
    case '<':
      return before();
    case '<=':
      return notAfter();
    case '>':
      return after();
    case '>=':
      return notBefore();
  }
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

/**
 * The statuses that matches can have, as far as the top-level conditions decide it: pages are read along the indexes of the visible
 * and of the hidden ones. A filter without `status` means the visible ones.
 */
export function statusesOf(filter: Filter | undefined): readonly TaskStatus[] {
  const hidden: ReadonlySet<string> = new Set(HIDDEN_STATUSES);
  const visible = TASK_STATUSES.filter((status) => !hidden.has(status));
  if (!filter) return visible;
  const comparesStatus = comparisonsOf(filter.node).some(({ field }) => field === 'status');
  const asked = comparesStatus ? TASK_STATUSES : visible;
  return asked.filter((status) => conjuncts(filter.node).every((one) => allows(one, status)));
}

function allows(node: FilterNode, status: TaskStatus): boolean {
  if (node.kind === 'flag') {
    if (node.flag === 'ready') return STARTABLE.has(status);
    return ['open', 'overdue', 'blocked'].includes(node.flag) ? OPEN.has(status) : true;
  }
  if (node.kind !== 'comparison' || node.field !== 'status') return true;
  const named = node.values.some((value) => value.kind === 'text' && value.text === status);
  return named === (node.operator === ':');
}
