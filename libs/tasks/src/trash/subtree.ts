import type { TrashedThing } from '../persistence/trash-records.js';

/** A task with those below it that went with the same deletion: a part of it, if the task is not its root. */
export function subtreeOf(
  top: TrashedThing,
  members: readonly TrashedThing[],
): readonly [TrashedThing, ...TrashedThing[]] {
  const children = Map.groupBy(members, ({ parent_id: id }) => id);
  const tree: [TrashedThing, ...TrashedThing[]] = [top];
  // Grows while it is walked.
  for (const { id } of tree) tree.push(...(children.get(id) ?? []));
  return tree;
}
