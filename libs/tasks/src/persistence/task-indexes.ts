// The indexes over tasks that no constraint brings, and what full text needs. Each serves a shape of findTasks
// (../find-tasks/task-statement.ts); test/bench/size reads the plans and measures them.
//
// Collections hide archived and cancelled tasks unless asked, so every order is kept over the visible ones alone: what a
// workspace has put away over the years costs a page nothing. A row is in "visible" or in "hidden", never in both.
const VISIBLE = `"status" IN ('todo', 'in_progress', 'blocked', 'done')`;
const HIDDEN = `"status" IN ('archived', 'cancelled')`;

// The six orders. Titles are ordered by their key (trimmed, NFC, case-folded), linguistically: the root collation of
// Unicode. An upgrade of ICU may change it; PostgreSQL then warns, and REINDEX sets it right.
const ORDER_KEYS = {
  created: `"created_at"`,
  updated: `"updated_at"`,
  position: `"position"`,
  due: `"due_instant"`,
  priority: `"priority"`,
  title: `"title_key" COLLATE "und-x-icu"`,
};

const orders = Object.entries(ORDER_KEYS).flatMap(([name, key]) => [
  `CREATE INDEX "task_by_${name}" ON "tasks"."task" ("workspace_id", ${key}, "id") WHERE ${VISIBLE}`,
  `CREATE INDEX "task_of_list_by_${name}" ON "tasks"."task" ("list_id", ${key}, "id") WHERE ${VISIBLE}`,
]);

// Tags and words, within the workspace. uuid has an operator class for GIN only with the extension btree_gin, which is
// trusted (no superuser needed) but wants CREATE on the database; where it cannot be had, the index does without the
// workspace: the same answers, slower only for a small workspace beside a large one with the same words.
// The pending list is kept short, since every search reads all of it.
const WORDS = `DO $$
  BEGIN
    BEGIN
      CREATE EXTENSION IF NOT EXISTS btree_gin;
    EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR invalid_schema_name OR unique_violation THEN
      NULL;
    END;
    IF EXISTS (
      SELECT FROM pg_opclass c JOIN pg_am m ON m.oid = c.opcmethod
      WHERE m.amname = 'gin' AND c.opcintype = 'uuid'::regtype AND c.opcdefault
    ) THEN
      CREATE INDEX "task_by_words" ON "tasks"."task" USING gin ("workspace_id", "tags", "search") WITH (gin_pending_list_limit = 256);
    ELSE
      CREATE INDEX "task_by_words" ON "tasks"."task" USING gin ("tags", "search") WITH (gin_pending_list_limit = 256);
    END IF;
  END
$$`;

export const TASK_INDEXES: readonly string[] = [
  ...orders,
  `CREATE INDEX "task_hidden" ON "tasks"."task" ("workspace_id", "created_at", "id") WHERE ${HIDDEN}`,
  `CREATE INDEX "task_by_assignee" ON "tasks"."task" ("workspace_id", "assignee_id", "created_at", "id") WHERE "assignee_id" IS NOT NULL AND ${VISIBLE}`,
  // A list's counts, from the index alone.
  `CREATE INDEX "task_by_list" ON "tasks"."task" ("list_id", "status")`,
  `CREATE INDEX "task_by_parent" ON "tasks"."task" ("parent_id") WHERE "parent_id" IS NOT NULL`,
  `CREATE INDEX "task_by_template" ON "tasks"."task" ("template_id", "created_at") WHERE "template_id" IS NOT NULL`,
  // What is due and not yet told of, over all workspaces (../due-soon).
  `CREATE INDEX "task_due_soon" ON "tasks"."task" ("due_instant") WHERE "due_instant" IS NOT NULL AND "due_soon_for" IS DISTINCT FROM "due_instant" AND "status" IN ('todo', 'in_progress', 'blocked')`,
  WORDS,
  // Most lists and workspaces are small, and a plan made for the average one, or for a list as if it were spread over all
  // workspaces, would read all of a large one and sort it. Told that there are few, the planner takes for the average the
  // largest that its statistics know, and follows the order.
  `ALTER TABLE "tasks"."task" ALTER COLUMN "list_id" SET (n_distinct = 20)`,
  `ALTER TABLE "tasks"."task" ALTER COLUMN "workspace_id" SET (n_distinct = 1)`,
];
