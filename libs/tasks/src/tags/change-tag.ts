// Renaming, merging and deleting a tag: a change of every task that carries it, each with its version and event.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { InvalidInputError } from '@mono/contract/errors';
import type { TagChange } from '../../contract/tag.js';
import { changesBetween } from '../domain/task-state.js';
import { updateTasks } from '../persistence/task-records.js';
import { lockTasks, stateOf } from '../persistence/task-reads.js';
import { tasksErrors } from '../../contract/tasks.errors.js';

const CHUNK = 1_000;

/** In a transaction. @throws ConflictError `duplicate_tag` when the new name is in use; NotFoundError `tag_not_found`. */
export async function renameTag(on: Executor, context: CallContext, name: string, to: string): Promise<TagChange> {
  if (name !== to && (await isUsed(on, context, to))) {
    throw tasksErrors.duplicate_tag({ name: to });
  }
  return replaceTag(on, context, name, to);
}

/** In a transaction. @throws NotFoundError `tag_not_found`; InvalidInputError for a merge into itself. */
export async function mergeTag(on: Executor, context: CallContext, name: string, into: string): Promise<TagChange> {
  if (name === into)
    throw new InvalidInputError([{ field: 'into', code: 'not_combinable', issue: 'must be another tag' }]);
  return replaceTag(on, context, name, into);
}

/** In a transaction. Templates keep it, as they do when it is renamed. @throws NotFoundError `tag_not_found`. */
export function deleteTag(on: Executor, context: CallContext, name: string): Promise<TagChange> {
  return replaceTag(on, context, name);
}

/** @param to absent: the tag goes. */
async function replaceTag(on: Executor, context: CallContext, name: string, to?: string): Promise<TagChange> {
  const { workspaceId } = context.principal;
  let changed = 0;
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const found = await on.query<{ id: string }>(
      `SELECT id FROM tasks.task WHERE workspace_id = $1 AND tags @> ARRAY[$2] AND id > $3 ORDER BY id LIMIT ${CHUNK}`,
      [workspaceId, name, after],
    );
    const ids = found.map(({ id }) => id);
    const last = ids.at(-1);
    if (last === undefined) break;
    after = last;
    const rows = (await lockTasks(on, context.principal, ids)).filter((row) => row.tags.includes(name));
    const changes = rows.map((row) => {
      const from = stateOf(row);
      const state = { ...from, tags: [...new Set(from.tags.flatMap((tag) => (tag === name ? (to ?? []) : tag)))] };
      return { row, state, event: 'updated' as const, changes: changesBetween(from, state) };
    });
    changed += changes.length;
    if (name !== to && changes.length > 0) await updateTasks(on, context, changes);
  }
  if (changed === 0) throw tasksErrors.tag_not_found({ id: name });
  return { name: to ?? name, changed: name === to ? 0 : changed };
}

async function isUsed(on: Executor, { principal }: CallContext, name: string): Promise<boolean> {
  const found = await on.query(`SELECT FROM tasks.task WHERE workspace_id = $1 AND tags @> ARRAY[$2] LIMIT 1`, [
    principal.workspaceId,
    name,
  ]);
  return found.length > 0;
}
