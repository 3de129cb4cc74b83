// The statement that reads one page of tasks.
//
// A page is read along an index that has its order, so its cost does not grow with the workspace. Where no single index
// has it, the statement puts together several such readings, its parts:
// - visible and hidden statuses have an index each: both are read as far as the page reaches, and merged;
// - an index ends or begins with its nulls, and a page has them last in both directions: tasks with a due date (or a time of
//   completion) are read first, those without only when the page is not full.
import { MAX_PAGE_BYTES, type PageRequest } from '@mono/contract';
import type { Statement } from '@mono/platform';
import type { TaskQuery } from '../../contract/index.js';
import { taskColumns } from '../persistence/task-row.js';
import { Parameters } from './parameters.js';
import type { Filter } from './read-filter.js';
import {
  otherConditions,
  placeConditions,
  shownConditions,
  shownOccurrences,
  statusConditions,
  type Caller,
} from './task-filter.js';
import { TASK_ORDERINGS, type TaskOrdering } from './task-order.js';

export interface TaskStatement extends Statement {
  values: unknown[];
  /** Whether its cost is bounded whatever the workspace holds; others run under a time limit. */
  bounded: boolean;
}

/** Limits for which the common shapes are prepared. A limit stands in the text: the planner must know that it is small. */
const PREPARED_LIMITS: ReadonlySet<number> = new Set([25, 50, 100]);
/** Descriptions of so many tasks fit a page; above it the database stops adding up before it sends too much. */
const ALWAYS_FITTING = 60;

export function pageStatement(
  reach: Caller,
  query: TaskQuery,
  ordering: TaskOrdering,
  request: PageRequest,
  filter?: Filter,
): TaskStatement {
  const parameters = new Parameters();
  const place = placeConditions(reach, query, parameters);
  const others = otherConditions(reach, query, parameters, filter);
  const shown = shownConditions(reach, query, parameters, filter);
  const reading: Reading = {
    ordering,
    direction: request.descending ? 'DESC' : 'ASC',
    conditions: [...place, ...others, ...shown],
    statuses: statusConditions(query, filter),
    rows: request.offset + request.fetch,
  };
  const parts = nullParts(query, reading, request, parameters);
  const page = parts.dated && parts.undated ? inTurn(reading, parts.dated, parts.undated) : read(reading, parts.only);
  // Some lists out of many are no index's order.
  const inOrder = query.list_id === undefined ? reach.listIds === undefined : typeof query.list_id === 'string';
  const bounded = inOrder && others.length === 0 && query.status === undefined && request.offset === 0;
  const name = bounded && PREPARED_LIMITS.has(request.limit) ? shapeName(query, request, parts.shape) : undefined;
  const text = sizeBounded(reading, request, request.offset > 0 ? skipping(reading, page, request.offset) : page);
  return { ...(name ? { name } : {}), text, values: parameters.values, bounded };

  function shapeName(of: TaskQuery, { limit }: PageRequest, shape: string): string {
    const where = `${of.list_id === undefined ? 'workspace' : 'list'}${reach.listIds === undefined ? '' : '.limited'}`;
    return `tasks.find.${where}.${shownOccurrences(of)}.${ordering.column}.${reading.direction}.${shape}.${limit}`;
  }
}

/** Counts all matches: one statement per index, added up. */
export function countStatement(reach: Caller, query: TaskQuery, filter?: Filter): TaskStatement {
  const parameters = new Parameters();
  const conditions = [
    ...placeConditions(reach, query, parameters),
    ...otherConditions(reach, query, parameters, filter),
    ...shownConditions(reach, query, parameters, filter),
  ];
  const counts = statusConditions(query, filter).map(
    (status) => `(SELECT count(*) FROM tasks.task t WHERE ${[...conditions, status].join(' AND ')})`,
  );
  return { text: `SELECT (${counts.join(' + ')})::int AS total`, values: parameters.values, bounded: false };
}

/** Ids and versions of tasks that match, at most so many and in no order. @param among only these tasks. */
export function matchStatement(
  reach: Caller,
  query: TaskQuery,
  { limit, among, filter }: { limit: number; among?: readonly string[] | undefined; filter: Filter | undefined },
): TaskStatement {
  const parameters = new Parameters();
  const conditions = [
    ...placeConditions(reach, query, parameters),
    ...otherConditions(reach, query, parameters, filter),
    ...shownConditions(reach, query, parameters, filter),
  ];
  // OFFSET keeps the planner from reading any other tasks first.
  const tasks = among
    ? `(SELECT * FROM tasks.task WHERE id = ANY(${parameters.add(among)}::uuid[]) OFFSET 0)`
    : 'tasks.task';
  const parts = statusConditions(query, filter).map(
    (status) => `SELECT t.id, t.version FROM ${tasks} t WHERE ${[...conditions, status].join(' AND ')}`,
  );
  return { text: `${parts.join(' UNION ALL ')} LIMIT ${limit}`, values: parameters.values, bounded: false };
}

interface Reading {
  ordering: TaskOrdering;
  direction: 'ASC' | 'DESC';
  conditions: readonly string[];
  statuses: readonly string[];
  /** How far the page reaches: what an offset skips, the page, and one more. */
  rows: number;
}

interface NullParts {
  /** The conditions of a page that one reading can serve. */
  only: string[];
  /** Or those of two readings, in turn. */
  dated?: string[];
  undated?: string[];
  shape: string;
}

function nullParts(query: TaskQuery, reading: Reading, request: PageRequest, parameters: Parameters): NullParts {
  const { ordering, direction } = reading;
  const [value = null, id = null] = request.after ?? [];
  const comparison = direction === 'ASC' ? '>' : '<';
  const afterKey = () => {
    // Selected, so that the planner does not see the value: near an end of the order, or among many equal keys, it would
    // expect few rows and sort what turn out to be many.
    const key = `(SELECT ${parameters.add(ordering.parameter(value))}::${ordering.type})${ordering.collation}`;
    return `(t.${ordering.column}${ordering.collation}, t.id) ${comparison} (${key}, ${parameters.add(id)}::uuid)`;
  };
  if (!ordering.nullable) {
    return request.after ? { only: [afterKey()], shape: 'after' } : { only: [], shape: 'first' };
  }
  const isNull = `t.${ordering.column} IS NULL`;
  const isNotNull = `t.${ordering.column} IS NOT NULL`;
  if (request.after && value === null) {
    return { only: [isNull, `t.id ${comparison} ${parameters.add(id)}::uuid`], shape: 'after_null' };
  }
  const dated = request.after ? [isNotNull, afterKey()] : [isNotNull];
  const { due_at: due } = TASK_ORDERINGS;
  const isDated = ordering === due && (query.due_before !== undefined || query.due_after !== undefined);
  if (isDated) return { only: dated, shape: 'dated' };
  // Ascending from the start is the index's own order.
  if (!request.after && direction === 'ASC') return { only: [], shape: 'first' };
  return { only: [], dated, undated: [isNull], shape: request.after ? 'after' : 'first' };
}

/** One part along its indexes. */
function read(reading: Reading, conditions: readonly string[]): string {
  const { ordering, direction, statuses, rows } = reading;
  const columns = `${taskColumns('t')}${ordering.shown ? '' : `, t.${ordering.column}`}`;
  const order = `ORDER BY t.${ordering.column}${ordering.collation} ${direction}, t.id ${direction}`;
  const alongIndexes = statuses.map((status) => {
    const where = [...reading.conditions, ...conditions, status].join(' AND ');
    return `SELECT ${columns} FROM tasks.task t WHERE ${where} ${order} LIMIT ${rows}`;
  });
  return alongIndexes.length === 1
    ? (alongIndexes[0] ?? '')
    : `SELECT * FROM (${alongIndexes.map((part) => `(${part})`).join(' UNION ALL ')}) AS p ${orderOf(reading)} LIMIT ${rows}`;
}

/** The tasks with a key, then, only when they do not fill the page, those without: a condition that is tested first. */
function inTurn(reading: Reading, dated: readonly string[], undated: readonly string[]): string {
  const unfilled = `(SELECT count(*) FROM dated) < ${reading.rows}`;
  return `WITH dated AS MATERIALIZED (${read(reading, dated)}), undated AS (${read(reading, [...undated, unfilled])})
    SELECT * FROM (SELECT * FROM dated UNION ALL SELECT * FROM undated) AS p ${orderOf(reading)} LIMIT ${reading.rows}`;
}

/** The order of a page's few rows, put together from parts. */
function orderOf({ ordering, direction }: Reading): string {
  const nulls = ordering.nullable ? ' NULLS LAST' : '';
  return `ORDER BY p.${ordering.column}${ordering.collation} ${direction}${nulls}, p.id ${direction}`;
}

/** Around the page, whose own limit counts what is skipped: only the rest travels. */
function skipping(reading: Reading, page: string, offset: number): string {
  return `SELECT * FROM (${page}) AS p ${orderOf(reading)} OFFSET ${offset}`;
}

/**
 * A large page of large descriptions is cut by the database right after it passes the size of a page: at least one row
 * beyond what buildPage keeps, which tells that there is more. octet_length reads no stored description.
 */
function sizeBounded(reading: Reading, request: PageRequest, page: string): string {
  if (request.limit <= ALWAYS_FITTING) return page;
  const order = orderOf(reading);
  return `SELECT * FROM (
      SELECT p.*, coalesce(sum(octet_length(p.description)) OVER (${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS bytes_before
      FROM (${page}) AS p
    ) AS p WHERE bytes_before <= ${MAX_PAGE_BYTES} ${order}`;
}
