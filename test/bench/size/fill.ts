// A lifelike workspace of a given size, and smaller neighbours beside it, made by PostgreSQL itself.
import type { Database } from '@mono/platform';

export const BIG = '0198b6c2-0000-7000-8000-000000000001';
/** Holds a fiftieth of all tasks, like a busy project or a full Inbox. */
export const BIG_LIST = listId(0);
/** Holds some forty tasks at any size. */
export const SMALL_LIST = listId(100);
export const ASSIGNEE = memberId(3);

export function listId(number: number): string {
  return `0198b6c2-0001-7000-8000-${String(number).padStart(12, '0')}`;
}
function memberId(number: number): string {
  return `0198b6c2-0002-7000-8000-${String(number).padStart(12, '0')}`;
}

/**
 * 95 % of the tasks in one workspace, the others in twenty. Lists of some forty tasks, and one large one. Two years of
 * history: most is done, a tenth put away, what is open is due around now. Words follow a steep distribution: `the`-like
 * ones in every third task, and project names in some dozen tasks whatever the size.
 */
export async function fill(database: Database, size: number): Promise<void> {
  const lists = Math.ceil(size / 40);
  await database.query(
    `INSERT INTO tasks.list (id, workspace_id, title, created_at, updated_at)
     SELECT ('0198b6c2-0001-7000-8000-' || lpad(n::text, 12, '0'))::uuid, ${workspaceOfList('n')}, 'List ' || n, now(), now()
     FROM generate_series(0, ${lists + 21}) n`,
  );
  await database.query(`SELECT setseed(0.5)`);
  await database.query(
    `INSERT INTO tasks.task (id, workspace_id, list_id, title, title_key, description, status, priority, tags, assignee_id,
       position, due_at, due_instant, completed_at, created_at, updated_at)
     SELECT id, workspace_id, ('0198b6c2-0001-7000-8000-' || lpad(list::text, 12, '0'))::uuid, title, lower(title), description,
       status::tasks.task_status, priority::tasks.task_priority, tags, assignee, replace(id::text, '-', ''), due, due,
       CASE WHEN status = 'done' THEN created + interval '3 days' END, created, created + random() * interval '60 days'
     FROM (
       SELECT n,
         uuidv7(created - clock_timestamp()) AS id,
         created,
         ${workspaceOfList('list')} AS workspace_id,
         list,
         verbs[1 + floor(random() * 8)] || ' ' || nouns[1 + floor(random() ^ 3 * 40)] || ' ' || (n % 100000) AS title,
         CASE WHEN random() < 0.5 THEN 'About ' || nouns[1 + floor(random() * 40)] || ' for project' || lpad((n / 12)::text, 6, '0') || ', see https://example.com/p/' || n || ' and ask ' || nouns[1 + floor(random() * 40)] END AS description,
         CASE WHEN r < 0.55 THEN 'done' WHEN r < 0.80 THEN 'todo' WHEN r < 0.86 THEN 'in_progress' WHEN r < 0.90 THEN 'blocked' WHEN r < 0.97 THEN 'archived' ELSE 'cancelled' END AS status,
         CASE WHEN p < 0.2 THEN 'low' WHEN p < 0.75 THEN 'medium' WHEN p < 0.95 THEN 'high' ELSE 'urgent' END AS priority,
         CASE WHEN t < 0.5 THEN '{}'::text[] WHEN t < 0.9 THEN ARRAY['tag' || floor(random() ^ 3 * 200)] ELSE ARRAY['tag' || floor(random() ^ 3 * 200), 'release' || (n / 50)] END AS tags,
         CASE WHEN a < 0.6 THEN ('0198b6c2-0002-7000-8000-' || lpad(floor(random() * 50)::text, 12, '0'))::uuid END AS assignee,
         CASE WHEN d < 0.45 THEN created + random() * interval '90 days' END AS due
       FROM (
         SELECT n, random() AS r, random() AS p, random() AS t, random() AS a, random() AS d,
           date_trunc('milliseconds', timestamptz '2025-01-01' + n * (interval '700 days' / ${size})) AS created,
           (CASE WHEN random() < 0.02 THEN 0 WHEN random() < 0.05 THEN ${lists} + 1 + floor(random() * 20) ELSE 1 + floor(random() * ${lists - 1}) END)::int AS list,
           ARRAY['Buy', 'Write', 'Review', 'Call', 'Fix', 'Plan', 'Send', 'Check'] AS verbs,
           ARRAY(SELECT 'noun' || i FROM generate_series(1, 40) i) AS nouns
         FROM generate_series(1, ${size}) n
       ) raw
     ) task`,
  );
  // VACUUM takes no page for visible to all whose commit may not have reached the disk.
  await database.query('CHECKPOINT');
  await database.query('VACUUM ANALYZE tasks.task');
  await database.query('VACUUM ANALYZE tasks.list');

  function workspaceOfList(list: string): string {
    return `(CASE WHEN ${list} <= ${lists} THEN '${BIG}' ELSE '0198b6c2-0000-7000-8000-' || lpad((${list} - ${lists} + 1)::text, 12, '0') END)::uuid`;
  }
}
