// A workspace of tasks with long descriptions, made by PostgreSQL itself.

interface Queryable {
  query(text: string, values: unknown[]): Promise<unknown>;
}

/** 60 words each, of some thousand that begin with every letter; every title has a word with `t`. */
export async function fillWorkspace(
  database: Queryable,
  { workspaceId, tasks }: { workspaceId: string; tasks: number },
): Promise<void> {
  await database.query(
    `WITH list AS (
       INSERT INTO tasks.list (id, workspace_id, title, created_at, updated_at)
       VALUES (gen_random_uuid(), $1, 'List', now(), now()) RETURNING id
     ), words AS (
       SELECT array_agg(translate(substr(md5(i::text), 1, 4 + i % 8), '0123456789', 'tsrnmlkoiu')) AS word
       FROM generate_series(1, 4000) i
     )
     INSERT INTO tasks.task (id, workspace_id, list_id, title, title_key, description, status, priority, position, created_at, updated_at)
     SELECT made.id, $1, list.id, 'Task ' || n, 'task ' || n, described.text, 'todo', 'medium', replace(made.id::text, '-', ''), created, created
     FROM list, words, generate_series(1, $2::int) n,
       LATERAL (SELECT gen_random_uuid() AS id, timestamptz '2026-01-01' + n * interval '1 minute' AS created) made,
       LATERAL (
         SELECT string_agg(picked, ' ') AS text
         FROM (SELECT words.word[1 + floor(random() ^ 2 * 4000 + 0 * w)::int] AS picked FROM generate_series(1, 60 + 0 * n) w) p
       ) described`,
    [workspaceId, tasks],
  );
}
