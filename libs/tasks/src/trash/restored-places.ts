// Where restored tasks stand: in their list, below their parent and at their position, as far as these are still free.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { MAX_SUBTASK_DEPTH } from '../../contract/task-constants.js';
import { isOpen } from '../domain/occurrence-revision.js';
import { positionBetween } from '../domain/position.js';
import { lockOrders } from '../persistence/list-records.js';
import { lockDepths } from '../persistence/task-reads.js';
import type { TrashedThing } from '../persistence/trash-records.js';
import { memberships } from '../tasks/assignees.js';

export type Place = Pick<TrashedThing, 'list_id' | 'parent_id' | 'position' | 'assignee_id'>;

/** The list for what was in `from`, and for what was in lists that are gone. */
export interface Target {
  from: string;
  to: string;
}

/** In a transaction that has locked the tree. Locks the lists, then the parents. @returns a place for each. */
export async function placesFor(
  on: Executor,
  { principal }: CallContext,
  tasks: readonly TrashedThing[],
  { from, to }: Target,
): Promise<Map<string, Place>> {
  const { workspaceId } = principal;
  const left = await formerMembers(on, workspaceId, tasks);
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const above = tasks.flatMap(({ parent_id: id }) => (id === null || byId.has(id) ? [] : id));
  const lists = await lockOrders(on, workspaceId, [...new Set([to, ...tasks.map(({ list_id: id }) => id)])]);
  const depths = await lockDepths(on, workspaceId, above);
  const heightOf = heights(tasks);
  const places = new Map(
    tasks.map((task) => {
      const { id, list_id: listId, parent_id: parentId, position, assignee_id: assignee } = task;
      const isLost = assignee !== null && isOpen(task) && left.has(assignee);
      return [
        id,
        {
          list_id: listId === from || !lists.has(listId) ? to : listId,
          parent_id: parentId !== null && (byId.has(parentId) || fits(parentId, heightOf(id))) ? parentId : null,
          position,
          assignee_id: isLost ? null : assignee,
        },
      ];
    }),
  );
  for (const [listId, own] of Map.groupBy(places.values(), ({ list_id: id }) => id)) {
    await freePositions(on, workspaceId, listId, own);
  }
  return places;

  function fits(parentId: string, height: number): boolean {
    const depth = depths.get(parentId);
    return depth !== undefined && depth + height <= MAX_SUBTASK_DEPTH;
  }
}

/** A closed task keeps its assignee, as the record of who has done it. */
function formerMembers(
  on: Executor,
  workspaceId: string,
  tasks: readonly TrashedThing[],
): Promise<ReadonlySet<string>> {
  const assignees = tasks.filter(isOpen).flatMap(({ assignee_id: id }) => id ?? []);
  return memberships.ended(on, workspaceId, [...new Set(assignees)]);
}

/** Levels from a task down to the lowest of its subtasks among these. */
function heights(tasks: readonly TrashedThing[]): (id: string) => number {
  const children = Map.groupBy(tasks, ({ parent_id: id }) => id);
  const heightOf = (id: string): number =>
    1 + Math.max(0, ...(children.get(id) ?? []).map((child) => heightOf(child.id)));
  return heightOf;
}

/** Where a position is taken, the next free one. */
async function freePositions(on: Executor, workspaceId: string, listId: string, places: Place[]): Promise<void> {
  const wanted = places.map(({ position }) => position).toSorted();
  const rows = await on.query<{ position: string }>(
    'SELECT position FROM tasks.task WHERE workspace_id = $1 AND list_id = $2 AND position = ANY($3::text[])',
    [workspaceId, listId, wanted],
  );
  const used = new Set(rows.map(({ position }) => position));
  for (const place of places) {
    if (used.has(place.position)) {
      const [next] = await on.query<{ position: string | null }>(
        'SELECT min(position) AS position FROM tasks.task WHERE workspace_id = $1 AND list_id = $2 AND position > $3',
        [workspaceId, listId, place.position],
      );
      const later = [...used, ...wanted, next?.position ?? ''].filter((position) => position > place.position);
      place.position = positionBetween(place.position, later.toSorted()[0], 'low');
    }
    used.add(place.position);
  }
}
