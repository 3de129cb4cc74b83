// Many operations in few rounds of SQL: in waves, the first of each task, then the second … Within a wave changes come
// first, then deletions, then creations. What fails so is undone and done again one by one, in the order given.
import { Injectable } from '@nestjs/common';
import { DomainError, HTTP_STATUS, InvalidInputError, type ErrorDetails, type FieldFault } from '@mono/contract/errors';
import { VersionConflictError, type CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import type { BatchOperation, BatchResult, BatchTasks } from '../../contract/batch.js';
import { Inbox } from '../lists/inbox.js';
import { withdrawSuccessors } from '../occurrences/withdraw-successors.js';
import type { NewTask, TaskChange } from '../persistence/task-records.js';
import { findParents, lockTasks } from '../persistence/task-reads.js';
import { toTask, type TaskRow } from '../persistence/task-row.js';
import { findRulingOnSubtasks, lockRulesOfTasks } from '../persistence/workflow-records.js';
import { insertAdmitted, updateAdmitted } from '../workflow/admit.js';
import { withoutFormerMembers, type AssigningContext } from '../tasks/assignees.js';
import { changeTask, planChange } from '../tasks/change-task.js';
import { duplicateTitle, namingHolder } from '../tasks/duplicate-title.js';
import { createTask, isPlaced, listOf, newTask } from '../tasks/create-task.js';
import { listRefusal } from '../tasks/list-refusal.js';
import { DayZones } from '../tasks/day-zone.js';
import { deleteTask } from '../tasks/delete-task.js';
import { deleteTrees } from '../tasks/delete-trees.js';
import { lockTree } from '../tasks/placement.js';
import { tasksErrors } from '../../contract/tasks.errors.js';

interface Item {
  index: number;
  operation: BatchOperation;
}

type Done = { index: number; result: BatchResult };

/** An error of one operation, which names it. */
class OperationError extends DomainError {
  constructor(index: number, cause: DomainError) {
    super(cause.kind, cause.code, `Operation ${index}: ${cause.message}`, detailsOf(index, cause.details), { cause });
  }
}

function detailsOf(index: number, details: ErrorDetails | undefined): ErrorDetails {
  if (!Array.isArray(details)) return { operation: index, ...details };
  return details.map((fault) => ({ ...fault, field: `operations[${index}].${fault.field}` }));
}

@Injectable()
export class BatchOperations {
  constructor(private readonly inbox: Inbox) {}

  /** In a transaction. @throws the first error of an operation, when the mode is atomic. */
  async run(
    on: Executor,
    context: AssigningContext,
    { mode = 'atomic', operations }: BatchTasks,
  ): Promise<BatchResult[]> {
    const faults = operations.flatMap((operation, index) => shapeFaults(operation, `operations[${index}]`));
    if (faults.length > 0) throw new InvalidInputError(faults);
    // Subtasks follow a task to another list.
    if (operations.some(({ patch }) => patch?.list_id !== undefined)) await lockTree(on, context.principal.workspaceId);
    try {
      return await inSavepoint(on, () => this.runTogether(on, context, operations));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
    // A title or a place may be free only once another operation is done; and it is the first to fail that is told of.
    const ids = operations.flatMap(({ id }) => id ?? []);
    if (ids.length > 0) {
      const lists = operations.flatMap(({ patch }) => patch?.list_id ?? []);
      await lockRulesOfTasks(on, context.principal.workspaceId, ids, lists);
      await lockTasks(on, context.principal, ids);
    }
    const done: Done[] = [];
    for (const [index, operation] of operations.entries()) {
      const item = { index, operation };
      if (mode === 'atomic') done.push(...(await this.runGroup(on, context, [item])));
      else done.push(await this.runAlone(on, context, item));
    }
    return done.map(({ result }) => result);
  }

  private async runTogether(
    on: Executor,
    context: AssigningContext,
    operations: readonly BatchOperation[],
  ): Promise<BatchResult[]> {
    const results: BatchResult[] = [];
    for (const wave of wavesOf(operations)) {
      for (const group of groupsOf(wave)) {
        for (const { index, result } of await this.runGroup(on, context, group)) results[index] = result;
      }
    }
    return results;
  }

  private async runAlone(on: Executor, context: AssigningContext, item: Item): Promise<Done> {
    try {
      const [done] = await namingHolder(on, context, () =>
        inSavepoint(on, () => this.runGroup(on, context, [item])).catch(unnamed),
      );
      if (!done) throw new Error('An operation gave no result.');
      return done;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { kind, code, message, details = null } = error;
      const result = {
        status: HTTP_STATUS[kind],
        id: item.operation.id ?? null,
        task: null,
        error: { code, message, details },
      };
      return { index: item.index, result };
    }
  }

  private async runGroup(on: Executor, context: AssigningContext, group: Item[]): Promise<Done[]> {
    const [first] = group;
    if (!first) return [];
    if (first.operation.op === 'delete') return this.remove(on, context, group);
    if (first.operation.op === 'update') return this.change(on, context, group);
    return this.create(on, context, group);
  }

  private async create(on: Executor, context: AssigningContext, group: Item[]): Promise<Done[]> {
    const [first] = group;
    if (first && group.length === 1) {
      const row = await named(first.index, () =>
        createTask(on, context, first.operation.task ?? missing(), this.inbox),
      );
      return [made(first.index, row)];
    }
    const zones = new DayZones(on, context);
    const tasks: NewTask[] = [];
    for (const { index, operation } of group) {
      tasks.push(
        await named(index, async () => {
          const input = operation.task ?? missing();
          return newTask(context, zones, input, await listOf(on, context, input, this.inbox));
        }),
      );
    }
    const rows = byId(await insertAdmitted(on, context, tasks).catch(refuse));
    const done: Done[] = [];
    for (const [place, { index }] of group.entries()) {
      const task = tasks[place] ?? missing();
      const row = rows.get(task.id);
      if (!row) throw new OperationError(index, await listRefusal(on, context.principal, task.state.list_id));
      done.push(made(index, row));
    }
    return done;
  }

  private async change(on: Executor, context: AssigningContext, group: Item[]): Promise<Done[]> {
    const [first] = group;
    if (first && group.length === 1) {
      const { id = missing(), patch = missing(), if_match } = first.operation;
      const row = await named(first.index, () => changeTask(on, guarded(context, if_match), id, patch));
      return [changed(first.index, row)];
    }
    const ids = group.map(({ operation }) => operation.id ?? missing());
    const rows = byId(await lockTasks(on, context.principal, ids));
    if (await changesSubtasks(on, context, group, rows)) {
      const done: Done[] = [];
      for (const item of group) done.push(...(await this.change(on, context, [item])));
      return done;
    }
    const zones = new DayZones(on, context);
    const plans: (TaskChange | undefined)[] = [];
    for (const { index, operation } of group) {
      const { id = missing(), patch = missing(), if_match } = operation;
      plans.push(
        await named(index, async () => planChange(guarded(context, if_match), zones, rows.get(id), id, patch)),
      );
    }
    const writes = plans.filter((plan) => plan !== undefined);
    await withdrawSuccessors(on, context, writes);
    const settled = await withoutFormerMembers(on, context, writes);
    const written = byId(settled.length > 0 ? await updateAdmitted(on, context, settled).catch(refuse) : []);
    const done: Done[] = [];
    for (const [place, { index, operation }] of group.entries()) {
      const { id = missing() } = operation;
      const plan = plans[place];
      const row = plan ? written.get(id) : rows.get(id);
      // Locked and at the version read: only its new list can refuse it.
      if (!row) throw new OperationError(index, await listRefusal(on, context.principal, plan?.state.list_id ?? id));
      done.push(changed(index, row));
    }
    return done;
  }

  private async remove(on: Executor, context: AssigningContext, group: Item[]): Promise<Done[]> {
    const [first] = group;
    if (first && group.length === 1) {
      const { id = missing(), if_match } = first.operation;
      await named(first.index, () => deleteTask(on, guarded(context, if_match), id));
      return [removed(first.index, id)];
    }
    const ids = group.map(({ operation }) => operation.id ?? missing());
    const rows = byId(await lockTasks(on, context.principal, ids));
    for (const { index, operation } of group) {
      const { id = missing(), if_match } = operation;
      const row = rows.get(id);
      if (!row) throw new OperationError(index, tasksErrors.task_not_found({ id }));
      if (if_match !== undefined && if_match !== row.version)
        throw new OperationError(index, new VersionConflictError(row.version));
    }
    await deleteTrees(on, context, ids);
    return group.map(({ index, operation: { id = missing() } }) => removed(index, id));
  }
}

function shapeFaults({ op, task, id, patch, if_match }: BatchOperation, path: string): FieldFault[] {
  const fields = { task, id, patch, if_match };
  const needed = { create: ['task'], update: ['id', 'patch'], delete: ['id'] }[op];
  const allowed = new Set(op === 'create' ? needed : [...needed, 'if_match']);
  return Object.entries(fields).flatMap(([name, value]): FieldFault[] => {
    const field = `${path}.${name}`;
    if (value === undefined)
      return needed.includes(name) ? [{ field, code: 'required', issue: `is required with ${op}` }] : [];
    return allowed.has(name) ? [] : [{ field, code: 'not_combinable', issue: `does not go with ${op}` }];
  });
}

function wavesOf(operations: readonly BatchOperation[]): Item[][] {
  const waves: Item[][] = [];
  const next = new Map<string, number>();
  for (const [index, operation] of operations.entries()) {
    const wave = operation.id === undefined ? 0 : (next.get(operation.id) ?? 0);
    if (operation.id !== undefined) next.set(operation.id, wave + 1);
    (waves[wave] ??= []).push({ index, operation });
  }
  return waves;
}

/** Operations that one round can do together. Those that look at other tasks go by themselves. */
function groupsOf(wave: readonly Item[]): Item[][] {
  const groups: Item[][] = [];
  for (const op of ['update', 'delete', 'create'] as const) {
    const items = wave.filter(({ operation }) => operation.op === op);
    const alone = items.filter(({ operation }) => isPlaced(operation.task ?? operation.patch ?? {}));
    const together = items.filter((item) => !alone.includes(item));
    if (together.length > 0) groups.push(together);
    groups.push(...alone.map((item) => [item]));
  }
  return groups;
}

/** Whether some of them have subtasks that may move or be completed with them. */
async function changesSubtasks(
  on: Executor,
  { principal }: CallContext,
  group: readonly Item[],
  rows: Map<string, TaskRow>,
): Promise<boolean> {
  const moved: string[] = [];
  const completed = new Map<string, string>();
  for (const { operation } of group) {
    const { id = missing(), patch = missing() } = operation;
    const row = rows.get(id);
    if (patch.list_id !== undefined && patch.list_id !== row?.list_id) moved.push(id);
    else if (row && patch.status === 'done' && row.status !== 'done') completed.set(id, row.list_id);
  }
  const ruled = await findRulingOnSubtasks(on, principal.workspaceId, [...new Set(completed.values())]);
  const changed = [...completed].flatMap(([id, listId]) => (ruled.has(listId) ? id : []));
  return (await findParents(on, [...moved, ...changed])).size > 0;
}

async function inSavepoint<T>(on: Executor, work: () => Promise<T>): Promise<T> {
  await on.query('SAVEPOINT operation');
  try {
    const result = await work();
    await on.query('RELEASE SAVEPOINT operation');
    return result;
  } catch (error) {
    await on.query('ROLLBACK TO SAVEPOINT operation');
    throw error;
  }
}

async function named<T>(index: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof DomainError ? new OperationError(index, error) : error;
  }
}

/** The result of an operation says by its place which one it is. */
function unnamed(error: unknown): never {
  throw error instanceof OperationError ? error.cause : error;
}

/** Which of them has the title that is taken shows when they are done one by one. */
function refuse(error: unknown): never {
  throw duplicateTitle(error);
}

function guarded(context: AssigningContext, expectedVersion: number | undefined): AssigningContext {
  return { ...context, expectedVersion };
}

function byId(rows: readonly TaskRow[]): Map<string, TaskRow> {
  return new Map(rows.map((row) => [row.id, row]));
}

function made(index: number, row: TaskRow): Done {
  return { index, result: { status: 201, id: row.id, task: toTask(row), error: null } };
}

function changed(index: number, row: TaskRow): Done {
  return { index, result: { status: 200, id: row.id, task: toTask(row), error: null } };
}

function removed(index: number, id: string): Done {
  return { index, result: { status: 204, id, task: null, error: null } };
}

function missing(): never {
  throw new Error('The shape of an operation was not checked.');
}
