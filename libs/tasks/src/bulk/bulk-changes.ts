// A bulk change: finds the tasks, locks them, and does a batch with one operation for each.
import { Injectable } from '@nestjs/common';
import { HTTP_STATUS } from '@mono/contract/errors';
import type { Executor } from '@mono/platform';
import type { BatchResult } from '../../contract/batch.js';
import type { BulkChange, ChangedTask, ChangedTasks, ChangeTasks } from '../../contract/bulk.js';
import { DEFAULT_BULK_TASKS } from '../../contract/task-constants.js';
import { TaskQuery } from '../../contract/task-query.js';
import { tasksErrors } from '../../contract/tasks.errors.js';
import { BatchOperations } from '../batch/batch-tasks.js';
import { countAgain } from '../batch/count-again.js';
import { changesBetween } from '../domain/task-state.js';
import { placed, type Placed } from '../find-tasks/placed.js';
import { ReadFilter } from '../find-tasks/read-filter.js';
import { countStatement, matchStatement } from '../find-tasks/task-statement.js';
import { lockTasks, stateOf } from '../persistence/task-reads.js';
import type { TaskRow } from '../persistence/task-row.js';
import { lockRulesOfTasks } from '../persistence/workflow-records.js';
import type { AssigningContext } from '../tasks/assignees.js';
import { lockTree } from '../tasks/placement.js';
import { Below } from './below.js';
import { mayEnter, planBulk, takesSubtasks, type Plan } from './plan.js';

type Asked = Pick<ChangeTasks, keyof ChangeTasks>;
type Version = Pick<TaskRow, 'id' | 'version'>;

/** Refused tasks that an error names. */
const NAMED = 20;
const SAVEPOINT = 'bulk_change';

@Injectable()
export class BulkChanges {
  constructor(
    private readonly filters: ReadFilter,
    private readonly batch: BatchOperations,
  ) {}

  /**
   * In a transaction with a time limit for the search.
   * @throws InvalidInputError for a faulty filter; ConflictError `too_many_tasks`, `tasks_refused`.
   */
  async change(on: Executor, context: AssigningContext, asked: Asked): Promise<ChangedTasks> {
    const { change, limit = DEFAULT_BULK_TASKS, dry_run: isRehearsal = false } = asked;
    const { filter, timezone, occurrences } = asked;
    const query = Object.assign(new TaskQuery(), { filter, timezone, occurrences });
    const within = placed(query, await this.filters.read(context, asked));
    const found = await find(on, context, within, limit);
    // The limit was for the search.
    await on.query('SET LOCAL statement_timeout TO DEFAULT');
    const rows = await lock(on, context, within, found, change);
    const below = await readBelow(on, context, rows, change);
    const tasks = rows.length + below.subtasks;
    if (tasks > limit) throw tasksErrors.too_many_tasks({ limit, tasks });
    await on.query(`SAVEPOINT ${SAVEPOINT}`);
    const results = await this.run(on, context, planBulk(rows, below, change));
    if (isRehearsal) await on.query(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`);
    else if (asked.mode !== 'each') requireAll(results);
    return {
      dry_run: isRehearsal,
      matched: rows.length,
      changed: results.filter(({ error, version, previous_version }) => !error && version !== previous_version).length,
      refused: results.filter(({ error }) => error).length,
      subtasks: below.subtasks,
      results,
    };
  }

  /** @returns in the order of the ids. */
  private async run(on: Executor, context: AssigningContext, plans: readonly Plan[]): Promise<ChangedTask[]> {
    const operations = plans.flatMap(({ operation }) => operation ?? []);
    const results = operations.length === 0 ? [] : await this.batch.run(on, context, { mode: 'each', operations });
    await countAgain(on, context.principal, operations, results);
    const byId = new Map(operations.map(({ id = '' }, index) => [id, results[index]]));
    return plans.map((plan) => outcomeOf(plan, byId)).toSorted((one, other) => (one.id < other.id ? -1 : 1));
  }
}

/** @throws ConflictError `too_many_tasks`. */
async function find(
  on: Executor,
  { principal }: AssigningContext,
  { query, filter }: Placed,
  limit: number,
): Promise<Version[]> {
  const statement = matchStatement(principal, query, { limit: limit + 1, filter });
  const found = await on.query<Version>(statement, statement.values);
  if (found.length <= limit) return found;
  const counting = countStatement(principal, query, filter);
  const [counted] = await on.query<{ total: number }>(counting, counting.values);
  throw tasksErrors.too_many_tasks({ limit, tasks: counted?.total ?? found.length });
}

/** @returns those that still match, by id. */
async function lock(
  on: Executor,
  { principal }: AssigningContext,
  { query, filter }: Placed,
  found: readonly Version[],
  change: BulkChange,
): Promise<TaskRow[]> {
  const { workspaceId } = principal;
  const { list_id: listId, parent_id: parentId } = change.patch ?? {};
  const ids = found.map(({ id }) => id);
  // The order of locks: the tree, the rules of lists, tasks.
  if (listId !== undefined || typeof parentId === 'string') await lockTree(on, workspaceId);
  if (mayEnter(change)) await lockRulesOfTasks(on, workspaceId, ids, listId === undefined ? [] : [listId]);
  const rows = await lockTasks(on, principal, ids);
  const versions = new Map(found.map(({ id, version }) => [id, version]));
  if (rows.every(({ id, version }) => versions.get(id) === version)) return rows;
  const statement = matchStatement(principal, query, { limit: rows.length, among: ids, filter });
  const matching = new Set((await on.query<Version>(statement, statement.values)).map(({ id }) => id));
  return rows.filter(({ id }) => matching.has(id));
}

async function readBelow(
  on: Executor,
  { principal }: AssigningContext,
  rows: readonly TaskRow[],
  change: BulkChange,
): Promise<Below> {
  if (!takesSubtasks(change)) return Below.only(rows);
  const ids = rows.flatMap(({ id, list_id: listId }) => (listId === change.patch?.list_id ? [] : id));
  return Below.read(on, principal.workspaceId, ids, change.action === 'delete');
}

function outcomeOf(plan: Plan, results: ReadonlyMap<string, BatchResult | undefined>): ChangedTask {
  const { row } = plan;
  const of = { id: row.id, previous_version: row.version };
  const unchanged = { ...of, version: row.version, previous: null };
  if ('refusal' in plan) {
    const { kind, code, message, details = null } = plan.refusal;
    return { ...unchanged, status: HTTP_STATUS[kind], error: { code, message, details } };
  }
  const result = results.get('with' in plan ? plan.with : row.id);
  if (!result) return { ...unchanged, status: 200, previous: {}, error: null };
  const { status, task, error } = result;
  if (error) return { ...unchanged, status, error };
  if (!task) return { ...of, status, version: null, previous: null, error };
  const changes = Object.entries(changesBetween(stateOf(row), task));
  return {
    ...of,
    status,
    version: task.version,
    previous: Object.fromEntries(changes.map(([field, { from }]) => [field, from])),
    ...(task.warnings && { warnings: task.warnings }),
    error,
  };
}

/** @throws ConflictError `tasks_refused`. */
function requireAll(results: readonly ChangedTask[]): void {
  const refused = results.flatMap(({ id, error }) => (error ? { id, code: error.code, message: error.message } : []));
  if (refused.length === 0) return;
  throw tasksErrors.tasks_refused({
    refused: refused.length,
    matched: results.length,
    tasks: refused.slice(0, NAMED),
  });
}
