// Appends changes to the feeds of their workspaces. See ../../decisions/0001-positions-under-a-row-lock.md.
import { Injectable } from '@nestjs/common';
import { againAfterDeadlock, Database, type Executor } from '@mono/platform';
import { AppendedSignal } from './appended.signal.js';
import type { NewChange } from './event-row.js';

const PATIENCE = { attempts: 5, pauseMs: 20 };
/** PostgreSQL ends the transaction of a writer that stands still for this long, so that the others can go on. */
const STANDSTILL_MS = 10_000;

const LOCK = {
  name: 'changes.lock_feeds',
  text: `SELECT workspace_id, set_config('idle_in_transaction_session_timeout', '${STANDSTILL_MS}', true)
    FROM changes.feed WHERE workspace_id = ANY($1::uuid[]) ORDER BY workspace_id FOR UPDATE`,
};
const ADD = {
  name: 'changes.add_feeds',
  text: `INSERT INTO changes.feed (workspace_id) SELECT id FROM unnest($1::uuid[]) AS n (id) ORDER BY id ON CONFLICT DO NOTHING`,
};
/** Reads what is committed once the locks are held: it must be a statement of its own. */
const APPEND = {
  name: 'changes.append',
  text: `
    WITH given AS MATERIALIZED (
      SELECT DISTINCT ON (event_id) * FROM ROWS FROM (json_to_recordset($1) AS (workspace_id uuid, event_id uuid, type text,
        thing_id uuid, change text, version integer, list_id uuid, from_list_id uuid, fields text[], keys jsonb,
        actor_kind text, actor_id text, origin text, request_id text, occurred_at timestamptz)) WITH ORDINALITY
      ORDER BY event_id, ordinality
    ),
    fresh AS (
      SELECT g.*, f.position + row_number() OVER (PARTITION BY g.workspace_id ORDER BY g.ordinality) AS position
      FROM given g JOIN changes.feed f USING (workspace_id)
      WHERE f.erased_at IS NULL AND NOT EXISTS (SELECT FROM changes.change c WHERE c.event_id = g.event_id)
    ),
    appended AS (
      INSERT INTO changes.change (workspace_id, position, event_id, type, thing_id, change, version, list_id, from_list_id,
        fields, keys, actor_kind, actor_id, origin, request_id, occurred_at)
      SELECT workspace_id, position, event_id, type, thing_id, change, version, list_id, from_list_id,
        fields, keys, actor_kind, actor_id, origin, request_id, occurred_at FROM fresh
      RETURNING workspace_id, position
    )
    UPDATE changes.feed f SET position = a.position
    FROM (SELECT workspace_id, max(position) AS position FROM appended GROUP BY workspace_id) a
    WHERE f.workspace_id = a.workspace_id RETURNING f.workspace_id`,
};

@Injectable()
export class FeedWriter {
  constructor(
    private readonly database: Database,
    private readonly signal: AppendedSignal,
  ) {}

  /** All of them, or none. Changes that the feed has are not appended again. */
  append(changes: readonly NewChange[]): Promise<void> {
    return againAfterDeadlock(() => this.database.transaction((on) => this.appendIn(on, changes)), PATIENCE);
  }

  async appendIn(on: Executor, changes: readonly NewChange[]): Promise<void> {
    await lockFeeds(on, [...new Set(changes.map(({ workspace_id }) => workspace_id))]);
    const appended = await on.query<{ workspace_id: string }>(APPEND, [JSON.stringify(inOrder(changes))]);
    if (appended.length > 0) on.afterCommit(() => this.signal.send(appended.map(({ workspace_id }) => workspace_id)));
  }
}

/** Until the end of the transaction, nobody else appends to these feeds. */
export async function lockFeeds(on: Executor, workspaceIds: readonly string[]): Promise<void> {
  const locked = await on.query<{ workspace_id: string }>(LOCK, [workspaceIds]);
  const present = new Set(locked.map(({ workspace_id }) => workspace_id));
  const missing = workspaceIds.filter((id) => !present.has(id));
  if (missing.length === 0) return;
  await on.query(ADD, [missing]);
  await on.query(LOCK, [missing]);
}

/** As they came, but the changes of one thing by version. */
function inOrder(changes: readonly NewChange[]): NewChange[] {
  const byThing = Map.groupBy(changes, ({ type, thing_id }) => `${type}/${thing_id}`);
  const sorted = new Map([...byThing].map(([key, own]) => [key, own.toSorted((a, b) => a.version - b.version)]));
  return changes.flatMap(({ type, thing_id }) => sorted.get(`${type}/${thing_id}`)?.shift() ?? []);
}
