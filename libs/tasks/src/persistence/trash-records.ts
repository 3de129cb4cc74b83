// The statements over the trash. A deletion is one root and what went with it. Restoring and purging lock the root first,
// so that a thing is restored or purged once.
import type { CallContext } from '@mono/contract';
import type { Executor, Statement } from '@mono/platform';
import type { DeletionRoot, ListEvent, TaskEvent } from '../../contract/tasks.events.js';
import { tasksEvents } from '../../contract/tasks.events.js';
import type { TaskStatus } from '../../contract/task-constants.js';
import { reaches, type Reach } from '../domain/reach.js';
import { occurrenceOf, type OccurrenceIdentity, type TaskState } from '../domain/task-state.js';
import { uuidv7 } from 'uuidv7';
import { eventPayload } from './event-payload.js';
import { withoutTitle } from './task-facts.js';
import { relationsOf } from './task-relations.js';
import { contentOf } from './trash-content.js';

export interface TrashRoot {
  id: string;
  kind: 'task' | 'list';
  workspace_id: string;
}

/** A thing in the trash, without what may be large. */
export interface TrashedThing extends OccurrenceIdentity {
  id: string;
  kind: 'task' | 'list';
  root_id: string;
  list_id: string;
  parent_id: string | null;
  title: string;
  version: number;
  /** Null for a list, and so are the following. */
  status: TaskStatus;
  assignee_id: string | null;
  position: string;
}

const THING = `r.id, r.kind, r.root_id, r.list_id, r.parent_id, r.title, r.version, c.status, c.assignee_id, c.position, c.template_id,
  c.series_id, c.original_start`;
const SMALL = contentOf('r', 'c', ['status', 'assignee_id', 'position', 'template_id', 'series_id', 'original_start']);

const LOCK_ROOT: Statement = {
  name: 'tasks.lock_trash_root',
  text: `SELECT id, kind, workspace_id FROM tasks.trash
    WHERE id = (SELECT root_id FROM tasks.trash WHERE id = $1 AND workspace_id = $2) AND workspace_id = $2 FOR UPDATE`,
};

const ONE: Statement = {
  name: 'tasks.read_trashed',
  text: `SELECT ${THING} FROM tasks.trash r ${SMALL} WHERE r.id = $1 AND r.workspace_id = $2`,
};

const MEMBERS: Statement = {
  name: 'tasks.read_trash_members',
  text: `SELECT ${THING} FROM tasks.trash r ${SMALL} WHERE r.root_id = $1 AND r.id <> $1 AND r.workspace_id = $2 ORDER BY r.id`,
};

const IS_TRASHED_LIST: Statement = {
  name: 'tasks.is_trashed_list',
  text: `SELECT FROM tasks.trash WHERE id = $1 AND workspace_id = $2 AND kind = 'list'`,
};

/** In a transaction: nobody else restores or purges anything of this deletion until its end. */
export async function lockTrashed(
  on: Executor,
  reach: Reach,
  id: string,
): Promise<{ root: TrashRoot; thing: TrashedThing } | undefined> {
  const [root] = await on.query<TrashRoot>(LOCK_ROOT, [id, reach.workspaceId]);
  if (!root) return undefined;
  // Read after the lock: somebody may have restored it while the lock was waited for.
  const [thing] = await on.query<TrashedThing>(ONE, [id, reach.workspaceId]);
  return thing && reaches(reach, thing.list_id) ? { root, thing } : undefined;
}

/** The things that went with the root, without the root. */
export function readMembers(on: Executor, root: Pick<TrashRoot, 'id' | 'workspace_id'>): Promise<TrashedThing[]> {
  return on.query<TrashedThing>(MEMBERS, [root.id, root.workspace_id]);
}

export async function isTrashedList(on: Executor, workspaceId: string, id: string): Promise<boolean> {
  return (await on.query(IS_TRASHED_LIST, [id, workspaceId])).length > 0;
}

/** @returns a task that has the same occurrence as one of these tasks in the trash. */
export async function findOtherTask(
  on: Executor,
  workspaceId: string,
  ids: readonly string[],
): Promise<string | undefined> {
  const [row] = await on.query<{ id: string }>(
    `SELECT t.id FROM tasks.trash r ${contentOf('r', 'c', ['template_id', 'series_id', 'original_start'])}
     JOIN tasks.task t ON t.template_id = c.template_id AND t.original_start = c.original_start AND t.series_id = c.series_id
     WHERE r.id = ANY($1::uuid[]) AND r.workspace_id = $2 AND t.workspace_id = $2 LIMIT 1`,
    [ids, workspaceId],
  );
  return row?.id;
}

export interface ExpiredRoot {
  id: string;
  /** How many things went with it. */
  members: number;
}

/** The oldest deletions of all workspaces that are in the trash for longer. */
export function findExpired(on: Executor, days: number, limit: number): Promise<ExpiredRoot[]> {
  return on.query<ExpiredRoot>(
    `SELECT r.id, m.members FROM (
       SELECT id, deleted_at FROM tasks.trash
       WHERE id = root_id AND deleted_at < now() - make_interval(days => $1::integer) ORDER BY deleted_at LIMIT $2
     ) r CROSS JOIN LATERAL (
       SELECT count(*)::int AS members FROM tasks.trash m WHERE m.root_id = r.id AND m.id <> m.root_id
     ) m ORDER BY r.deleted_at`,
    [days, limit],
  );
}

/** In a transaction. @returns those that nobody else has locked. */
export function lockRoots(on: Executor, ids: readonly string[]): Promise<TrashRoot[]> {
  return on.query<TrashRoot>(
    `SELECT id, kind, workspace_id FROM tasks.trash WHERE id = ANY($1::uuid[]) AND id = root_id ORDER BY id
     FOR UPDATE SKIP LOCKED`,
    [ids],
  );
}

/** The roots and all that went with them. */
export function readDeletions(on: Executor, rootIds: readonly string[]): Promise<TrashedThing[]> {
  return on.query<TrashedThing>(
    `SELECT ${THING} FROM tasks.trash r ${SMALL} WHERE r.id = ANY($1::uuid[])
     UNION ALL
     SELECT ${THING} FROM tasks.trash r ${SMALL} WHERE r.root_id = ANY($1::uuid[]) AND r.id <> r.root_id`,
    [rootIds],
  );
}

const PURGE: Statement = {
  name: 'tasks.purge_trash',
  text: `
    WITH input AS MATERIALIZED (
      SELECT * FROM json_to_recordset($1) AS n(id uuid, workspace_id uuid, event_id uuid, subject text, payload json)
    ),
    gone AS (
      DELETE FROM tasks.trash r USING input n WHERE r.id = n.id AND r.workspace_id = n.workspace_id
      RETURNING r.id, r.kind, r.workspace_id, r.version + 1 AS version,
        greatest(clock_timestamp()::timestamptz(3), r.deleted_at) AS at, n.event_id, n.subject, n.payload
    ),
    favorite AS (
      DELETE FROM tasks.list_favorite f USING gone g
      WHERE g.kind = 'list' AND f.workspace_id = g.workspace_id AND f.list_id = g.id
    ),
    facts AS (
      UPDATE tasks.status_transition s SET last_facts = ${withoutTitle('s.last_facts')}
      FROM gone g WHERE s.task_id = g.id AND s.workspace_id = g.workspace_id AND s.last_facts IS NOT NULL
    ),
    ${relationsOf('gone')},
    event AS (
      INSERT INTO tasks.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
      SELECT g.event_id, g.subject, g.id, g.version, g.at, g.payload FROM gone g
    )
    SELECT id FROM gone`,
};

export interface Purged {
  thing: TrashedThing;
  root: DeletionRoot;
  /** In the workspace of the thing. */
  context: CallContext;
}

/** In a transaction that has locked their roots. */
export async function purgeThings(on: Executor, things: readonly Purged[], origin: TaskEvent['origin']): Promise<void> {
  const input = things.map(({ thing, root, context }) => {
    const event: TaskEvent['event'] | ListEvent['event'] = thing.kind === 'list' ? 'list_purged' : 'purged';
    const about =
      thing.kind === 'list' ? { origin } : { origin, root, listId: thing.list_id, occurrence: occurrenceOf(thing) };
    return {
      id: thing.id,
      workspace_id: context.principal.workspaceId,
      event_id: uuidv7(),
      subject: tasksEvents[event].subject,
      payload: eventPayload(context, thing.kind, thing.id, event, {}, about),
    };
  });
  await on.query(PURGE, [JSON.stringify(input)]);
}

/** @returns how many; less than `limit` means that no more are there. */
export async function eraseTrash(on: Executor, workspaceId: string, limit: number): Promise<number> {
  const rows = await on.query(
    `WITH root AS MATERIALIZED (
       SELECT id FROM tasks.trash WHERE workspace_id = $1 AND id = root_id ORDER BY deleted_at, id LIMIT $2
     ), member AS (
       DELETE FROM tasks.trash WHERE workspace_id = $1 AND root_id IN (SELECT id FROM root) AND id <> root_id
     )
     DELETE FROM tasks.trash WHERE workspace_id = $1 AND id IN (SELECT id FROM root) RETURNING 1`,
    [workspaceId, limit],
  );
  return rows.length;
}

const STATES: Statement = {
  name: 'tasks.read_trashed_states',
  text: `SELECT r.id, r.list_id, r.parent_id, r.title, c.description, c.status, c.priority, c.tags, c.assignee_id, c.position,
      c.due_at, c.due_on::text AS due_on, c.starts_on::text AS starts_on, c.timezone, c.estimated_duration, c.template_id,
      c.series_id, c.original_start
    FROM tasks.trash r ${contentOf('r', 'c', [
      'description',
      'status',
      'priority',
      'tags',
      'assignee_id',
      'position',
      'due_at',
      'due_on',
      'starts_on',
      'timezone',
      'estimated_duration',
      'template_id',
      'series_id',
      'original_start',
    ])}
    WHERE r.id = ANY($1::uuid[]) AND r.workspace_id = $2`,
};

/** By id, as they were when they were deleted. */
export async function readStates(
  on: Executor,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, TaskState>> {
  const rows = await on.query<TaskState & { id: string }>(STATES, [ids, workspaceId]);
  return new Map(rows.map(({ id, ...state }) => [id, state]));
}
