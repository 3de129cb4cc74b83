// The filters of a query as SQL conditions over "tasks"."task" t. Statuses and priorities are closed vocabularies and
// stand in the text, where the planner can hold them against the predicates of partial indexes; all else is a parameter.
import { zoneOf, type Principal } from '@mono/contract';
import {
  HIDDEN_STATUSES,
  OPEN_STATUSES,
  TASK_PRIORITIES,
  TASK_STATUSES,
  type OccurrencesShown,
  type TaskQuery,
} from '../../contract/index.js';
import { instantOfMoment } from '@mono/contract/zones';
import { comparisonsOf, type FieldName } from '../domain/filter/filter.js';
import type { Reach } from '../domain/reach.js';
import { literals } from '../persistence/literals.js';
import { filterConditions, statusesOf } from './filter-conditions.js';
import { keysMatch, wordsMatch, type Parameters } from './parameters.js';
import type { Filter } from './read-filter.js';
import { occurrenceConditions } from './upcoming.js';

const HIDDEN: ReadonlySet<string> = new Set(HIDDEN_STATUSES);
/** Fields of filters that single out occurrences. */
const DATED: ReadonlySet<FieldName> = new Set(['due', 'starts', 'template']);

/** How far a caller reaches, and where the caller's days end. */
export type Caller = Reach & Pick<Principal, 'timezone'> & Partial<Pick<Principal, 'kind' | 'id'>>;

/**
 * One condition for the visible and one for the hidden statuses asked for: no index holds both, so a statement that
 * wants both reads two indexes and merges.
 */
export function statusConditions(query: TaskQuery, filter?: Filter): string[] {
  const asked: readonly string[] = query.status?.length ? query.status : statusesOf(filter);
  const known = TASK_STATUSES.filter((status) => asked.includes(status));
  const groups = [known.filter((status) => !HIDDEN.has(status)), known.filter((status) => HIDDEN.has(status))];
  const conditions = groups.filter((group) => group.length > 0).map((group) => `t.status IN (${literals(group)})`);
  return conditions.length > 0 ? conditions : ['false'];
}

/** The conditions of where the tasks are: workspace and list. Every statement begins with them. */
export function placeConditions(reach: Reach, query: TaskQuery, parameters: Parameters): string[] {
  const conditions = reachConditions(reach, parameters);
  if (query.list_id !== undefined) conditions.push(`t.list_id ${isAnyOf(query.list_id, parameters)}`);
  return conditions;
}

function isAnyOf(ids: string | readonly string[], parameters: Parameters): string {
  return typeof ids === 'string' ? `= ${parameters.add(ids)}` : `= ANY(${parameters.add(ids)}::uuid[])`;
}

/** Of every task `t` that the caller reaches. */
export function reachConditions({ workspaceId, listIds }: Reach, parameters: Parameters): string[] {
  const conditions = [`t.workspace_id = ${parameters.add(workspaceId)}`];
  if (listIds !== undefined) conditions.push(`t.list_id = ANY(${parameters.add(listIds)}::uuid[])`);
  return conditions;
}

/** The conditions that leave out occurrences. The zone decides when today ends. */
export function shownConditions(
  { workspaceId, listIds, timezone }: Caller,
  query: TaskQuery,
  parameters: Parameters,
  filter?: Filter,
): string[] {
  const lists = (): string[] => {
    const conditions = [`l.workspace_id = ${parameters.add(workspaceId)}`];
    if (listIds !== undefined) conditions.push(`l.id = ANY(${parameters.add(listIds)}::uuid[])`);
    if (query.list_id !== undefined) conditions.push(`l.id ${isAnyOf(query.list_id, parameters)}`);
    return conditions;
  };
  const zone = query.timezone ?? zoneOf({ timezone });
  return occurrenceConditions({ shown: shownOccurrences(query, filter), zone, lists }, parameters);
}

/** A query for dates, for a template or for the subtasks of a task asks for all of them. */
export function shownOccurrences(query: TaskQuery, filter?: Filter): OccurrencesShown {
  const { occurrences, template_id: template, parent_id: parent, due_before: before, due_after: after } = query;
  if (occurrences !== undefined) return occurrences;
  const asks = [template, parent, before, after].some((value) => value !== undefined);
  return asks || (filter && comparisonsOf(filter.node).some(({ field }) => DATED.has(field))) ? 'all' : 'next';
}

/** All other conditions but the status. Words and tags are asked for twice: of the index of all workspaces' keys, and of the row. */
export function otherConditions(caller: Caller, query: TaskQuery, parameters: Parameters, filter?: Filter): string[] {
  const { workspaceId, timezone } = caller;
  const within = { workspaceId, parameters };
  const conditions: string[] = [];
  const compare = (condition: string, value: string | undefined, cast: string) => {
    if (value !== undefined) conditions.push(`${condition} ${parameters.add(value)}::${cast}`);
  };
  const zone = query.timezone ?? zoneOf({ timezone });
  const moment = (text: string | undefined) => (text === undefined ? undefined : instantOfMoment(zone, text));
  if (query.priority?.length) {
    const asked = TASK_PRIORITIES.filter((priority) => query.priority?.includes(priority));
    if (asked.length < TASK_PRIORITIES.length) conditions.push(`t.priority IN (${literals(asked)})`);
  }
  if (query.tag?.length) {
    const any = query.tag_mode === 'any';
    const tags = `${parameters.add(query.tag)}::text[]`;
    conditions.push(`t.tags ${any ? '&&' : '@>'} ${tags}`, keysMatch(within, 'tags_query_within', `${tags}, ${!any}`));
  }
  if (query.archived_lists === 'exclude') {
    const workspace = parameters.add(workspaceId);
    conditions.push(
      `t.list_id <> ALL (ARRAY(SELECT l.id FROM tasks.list l WHERE l.workspace_id = ${workspace} AND l.archived_at IS NOT NULL))`,
    );
  }
  compare('t.assignee_id =', query.assignee_id, 'uuid');
  conditions.push(...assigneeConditions(caller, query, parameters));
  if (query.overdue === 'true') conditions.push(`t.status IN (${literals(OPEN_STATUSES)})`, 't.due_instant < now()');
  if (query.no_due === 'true') conditions.push('t.due_instant IS NULL');
  compare('t.parent_id =', query.parent_id, 'uuid');
  if (query.top_level === 'true') conditions.push('t.parent_id IS NULL');
  compare('t.template_id =', query.template_id, 'uuid');
  compare('t.due_instant <', moment(query.due_before), 'timestamptz');
  compare('t.due_instant >=', moment(query.due_after), 'timestamptz');
  compare('t.created_at <', moment(query.created_before), 'timestamptz');
  compare('t.created_at >=', moment(query.created_after), 'timestamptz');
  compare('t.updated_at >=', moment(query.updated_after), 'timestamptz');
  compare('t.completed_at <', moment(query.completed_before), 'timestamptz');
  compare('t.completed_at >=', moment(query.completed_after), 'timestamptz');
  if (query.q !== undefined) conditions.push(...wordsMatch(within, query.q));
  return filter ? [...conditions, ...filterConditions(filter, within)] : conditions;
}

/** An API key is assigned nothing. */
function assigneeConditions({ kind, id }: Caller, { assignee }: TaskQuery, parameters: Parameters): string[] {
  if (assignee === undefined) return [];
  if (assignee === 'none') return ['t.assignee_id IS NULL'];
  if (assignee === 'me' && kind !== 'user') return ['false'];
  return [`t.assignee_id = ${parameters.add(assignee === 'me' ? id : assignee)}::uuid`];
}
