// Fills the history from the log that tasks keeps: of tasks older than this module, or after a loss. What is there stays
// there meanwhile, so that nobody sees less; what differs is mended.
import type { OutboxSignal } from '@mono/bus/outbox';
import type { Executor, TransactionalExecutor } from '@mono/platform';
import type { TransitionsClient, TransitionPage } from '@mono/tasks/contract';
import type { HeardTask, Transition } from '../domain/heard-tasks.js';
import { recordChanges } from './record-changes.js';

const PAGE = 1_000;

interface Rebuild {
  id: string;
  cursor: string | null;
}

/** A page is written together with how far it has come: whoever takes over goes on there. @returns whether something was left to do. */
export async function rebuildSome(
  database: TransactionalExecutor,
  signal: OutboxSignal,
  log: Pick<TransitionsClient, 'transitions'>,
): Promise<boolean> {
  return database.transaction(async (on) => {
    const [rebuild] = await on.query<Rebuild>(
      `SELECT id, cursor FROM time_tracking.rebuild WHERE finished_at IS NULL ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
    );
    if (!rebuild) return false;
    const page = await log.transitions({ limit: PAGE, ...(rebuild.cursor !== null && { after: rebuild.cursor }) });
    const transitions = page.items.map(toTransition);
    const tasks = page.tasks.map((task) => toHeard(task, transitions));
    await recordChanges(on, signal, { tasks, transitions }, () => rebuild.id);
    await advance(on, rebuild, page);
    return page.next !== null;
  });
}

async function advance(on: Executor, { id }: Rebuild, { items, next }: TransitionPage): Promise<void> {
  await on.query(
    `UPDATE time_tracking.rebuild SET cursor = coalesce($2, cursor), transitions = transitions + $3,
       finished_at = CASE WHEN $2::text IS NULL THEN clock_timestamp() END WHERE id = $1`,
    [id, next, items.length],
  );
}

function toTransition(item: TransitionPage['items'][number]): Transition {
  const { task_id, version, workspace_id, from, to, occurred_at, actor, request_id } = item;
  return {
    task_id,
    version,
    workspace_id,
    from_status: from,
    to_status: to,
    occurred_at,
    actor_kind: actor.kind,
    actor_id: actor.id,
    request_id,
  };
}

/** Its facts as they stand at its version, without title where it was purged; of one that was deleted before such were kept, none are known. Its status is that of the page's last transition. */
function toHeard(task: TransitionPage['tasks'][number], transitions: readonly Transition[]): HeardTask {
  const {
    id: task_id,
    workspace_id,
    version,
    title,
    list_id,
    tags,
    assignee_id,
    template_id,
    estimated_duration,
  } = task;
  const facts = { title, list_id, tags, assignee_id, template_id, estimated_duration };
  const seen = list_id === null ? {} : Object.fromEntries(Object.keys(facts).map((fact) => [fact, version]));
  const last = transitions.findLast((transition) => transition.task_id === task_id);
  return {
    task_id,
    workspace_id,
    facts: { ...facts, status: last?.to_status ?? null },
    seen: { ...seen, ...(last && { status: last.version }) },
  };
}

/** To be done by whichever node runs this module. @returns its id. */
export async function requestRebuild(on: Executor): Promise<string> {
  const [row] = await on.query<{ id: string }>('INSERT INTO time_tracking.rebuild DEFAULT VALUES RETURNING id');
  if (!row) throw new Error('A rebuild could not be asked for.');
  return row.id;
}

export interface RebuildState {
  /** Others that were asked for before it and come first. */
  ahead: number;
  /** Read from the log so far, by it and by those ahead of it. */
  transitions: number;
  finished: boolean;
}

/** @throws Error where nobody has asked for it. */
export async function rebuildState(on: Executor, id: string): Promise<RebuildState> {
  const [row] = await on.query<RebuildState>(
    `SELECT r.finished_at IS NOT NULL AS finished, (r.transitions + coalesce(sum(o.transitions), 0))::float8 AS transitions, count(o.id)::int AS ahead
     FROM time_tracking.rebuild r LEFT JOIN time_tracking.rebuild o ON o.finished_at IS NULL AND o.requested_at < r.requested_at
     WHERE r.id = $1 GROUP BY r.id`,
    [id],
  );
  if (!row) throw new Error(`There is no rebuild ${id}.`);
  return row;
}
