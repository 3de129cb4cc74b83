// Relating two tasks, and ending that. Both are locked, so that neither goes meanwhile and each counts its relations rightly.
import { InvalidInputError, type CallContext, type InputOf } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { Relation } from '../../contract/relation.js';
import type { relationsOperations } from '../../contract/relations.operations.js';
import { MAX_RELATIONS } from '../../contract/task-constants.js';
import { tasksErrors } from '../../contract/tasks.errors.js';
import { linkOf, type Link } from '../domain/relation.js';
import {
  countRelations,
  deleteRelation,
  findRelationBetween,
  insertRelation,
  lockBlocking,
  readBlocked,
  readRelation,
} from '../persistence/relation-records.js';
import { lockTasks, readTask } from '../persistence/task-reads.js';
import type { TaskRow } from '../persistence/task-row.js';

/** A cycle is looked for among so many tasks that a task blocks, directly and through others. */
export const MAX_BLOCKED = 10_000;

/** In a transaction. @throws DomainError `duplicate_relation`, `blocking_cycle`, `too_many_relations`, `blocks_too_many`, `task_not_found`. */
export async function relateTasks(
  on: Executor,
  context: CallContext,
  { id, kind, task_id: otherId }: InputOf<typeof relationsOperations.createRelation>,
): Promise<Relation> {
  const { principal } = context;
  const other = otherId.toLowerCase();
  if (other === id)
    throw new InvalidInputError([{ field: 'task_id', code: 'not_combinable', issue: 'must be another task' }]);
  const link = linkOf(kind, id, other);
  // Before the tasks, which the next in line would otherwise keep from everybody.
  if (link.kind === 'blocks') await lockBlocking(on, principal.workspaceId);
  const tasks = await lockBoth(on, context, id, other);
  await requireNew(on, principal.workspaceId, link);
  for (const task of [id, other]) await requireRoom(on, principal.workspaceId, task);
  if (link.kind === 'blocks') await requireNoCycle(on, principal.workspaceId, link);
  const relation = { id: uuidv7(), ...link };
  const created_at = await insertRelation(on, context, relation, tasks);
  const { title, status, list_id } = tasks.find((task) => task.id === other) ?? lost();
  return { id: relation.id, kind, task: { id: other, title, status, list_id }, created_at };
}

/** In a transaction. @throws NotFoundError `task_not_found`, `relation_not_found`. */
export async function unrelateTasks(
  on: Executor,
  context: CallContext,
  { id, relation_id: relationId }: InputOf<typeof relationsOperations.deleteRelation>,
): Promise<void> {
  const { principal } = context;
  if (!(await readTask(on, principal, id))) throw tasksErrors.task_not_found({ id });
  const relation = await readRelation(on, principal.workspaceId, relationId);
  const ends = relation ? [relation.task_id, relation.other_id] : [];
  const tasks = ends.includes(id) ? await lockTasks(on, principal, ends) : [];
  // A task at its other end that is in the trash, or out of reach, is as if it were not there.
  if (!relation || tasks.length < 2 || !(await deleteRelation(on, context, relation, tasks)))
    throw tasksErrors.relation_not_found({ id: relationId });
}

async function lockBoth(on: Executor, { principal }: CallContext, id: string, other: string): Promise<TaskRow[]> {
  const tasks = await lockTasks(on, principal, [id, other]);
  for (const one of [id, other])
    if (!tasks.some((task) => task.id === one)) throw tasksErrors.task_not_found({ id: one });
  return tasks;
}

async function requireNew(on: Executor, workspaceId: string, link: Link): Promise<void> {
  // The opposite of a blocking relation is a cycle, which says more.
  const known = await findRelationBetween(on, workspaceId, link);
  if (known === undefined) return;
  const { task_id } = (await readRelation(on, workspaceId, known)) ?? lost();
  if (link.kind === 'blocks' && task_id !== link.task_id) throw cycle();
  throw tasksErrors.duplicate_relation({ relation_id: known });
}

async function requireRoom(on: Executor, workspaceId: string, id: string): Promise<void> {
  if ((await countRelations(on, workspaceId, id)) >= MAX_RELATIONS)
    throw tasksErrors.too_many_relations({ task_id: id, limit: MAX_RELATIONS });
}

/** Through tasks in the trash, too: they may be restored. */
async function requireNoCycle(on: Executor, workspaceId: string, { task_id, other_id }: Link): Promise<void> {
  const { includes, count } = await readBlocked(on, workspaceId, {
    from: other_id,
    sought: task_id,
    most: MAX_BLOCKED + 1,
  });
  if (includes) throw cycle();
  if (count > MAX_BLOCKED) throw tasksErrors.blocks_too_many({ task_id: other_id, limit: MAX_BLOCKED });
}

function cycle(): Error {
  return tasksErrors.blocking_cycle([
    { field: 'task_id', issue: 'a task cannot block itself, directly or through others' },
  ]);
}

function lost(): never {
  throw new Error('Invariant violated: a locked task has lost its relation.');
}
