/**
 * Parts of a statement that deletes tasks for good: deletes their relations, too. @param gone the part with these tasks, which has
 * their `id` and `workspace_id`. @param which a condition on them, as `g`.
 */
export function relationsOf(gone: string, which = 'true'): string {
  const from = (end: 'task_id' | 'other_id') =>
    `DELETE FROM tasks.relation r USING ${gone} g WHERE ${which} AND r.workspace_id = g.workspace_id AND r.${end} = g.id`;
  return `relation_from AS (${from('task_id')}), relation_to AS (${from('other_id')})`;
}
