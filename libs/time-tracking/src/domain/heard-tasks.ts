// The content of events of tasks, as rows: transitions of status, and what is known of each task. Each field of a task is as
// the latest version says that changed it, so that no order has to be kept and no gap to be waited for.

/** The fields of an event of tasks that the history uses. */
export interface HeardChange {
  /** The task. */
  aggregate_id: string;
  event: string;
  version: number;
  workspace_id: string;
  /** RFC 3339, UTC. */
  occurred_at: string;
  actor: { kind: string; id: string };
  request_id: string;
  /** Old and new value of each changed field, by its REST name. */
  changes: Readonly<Record<string, { from: unknown; to: unknown } | undefined>>;
  origin?: string;
  /** Whether a deleted task is not in the trash. */
  permanent?: boolean;
}

export interface Transition {
  task_id: string;
  version: number;
  workspace_id: string;
  from_status: string | null;
  to_status: string | null;
  /** RFC 3339, UTC: the change's own time. */
  occurred_at: string;
  actor_kind: string;
  actor_id: string;
  request_id: string;
}

/** The fields that reports group by and show. */
export const FACTS = [
  'title',
  'list_id',
  'tags',
  'assignee_id',
  'template_id',
  'estimated_duration',
  'status',
] as const;
export type Fact = (typeof FACTS)[number];

/** A field that nobody has said anything of is absent from `seen`. */
export interface HeardTask {
  task_id: string;
  workspace_id: string;
  facts: Partial<Record<Fact, unknown>>;
  /** The version that last said something of the field. */
  seen: Partial<Record<Fact, number>>;
}

/** Events that say something of every fact. */
const WHOLE: ReadonlySet<string> = new Set(['created', 'restored', 'deleted']);

/** Whether it says anything of what is kept here. */
export function concerns({ event, changes }: Pick<HeardChange, 'event' | 'changes'>): boolean {
  return WHOLE.has(event) || event === 'purged' || FACTS.some((fact) => changes[fact] !== undefined);
}

/** A task that a user deletes for good loses its title. Its time, and what reports group it by, stay. */
function erasesTitle({ event, origin, permanent }: HeardChange): boolean {
  return event === 'purged' || (event === 'deleted' && permanent === true && origin !== 'recurrence');
}

export function transitionOf(change: HeardChange): Transition | undefined {
  const status = change.changes['status'];
  if (!status) return undefined;
  return {
    task_id: change.aggregate_id,
    version: change.version,
    workspace_id: change.workspace_id,
    from_status: textOf(status.from),
    to_status: textOf(status.to),
    occurred_at: change.occurred_at,
    actor_kind: change.actor.kind,
    actor_id: change.actor.id,
    request_id: change.request_id,
  };
}

/** One for each task, with all that the changes say of it. */
export function heardTasks(changes: readonly HeardChange[]): HeardTask[] {
  const tasks = new Map<string, HeardTask>();
  for (const change of changes) {
    const { aggregate_id: task_id, workspace_id } = change;
    const task = tasks.get(task_id) ?? { task_id, workspace_id, facts: {}, seen: {} };
    tasks.set(task_id, task);
    apply(task, change);
  }
  return [...tasks.values()];
}

function apply({ facts, seen }: HeardTask, heard: HeardChange): void {
  const { event, version, changes } = heard;
  const isErased = erasesTitle(heard);
  for (const fact of FACTS) {
    const change = changes[fact];
    const isTitle = fact === 'title' && isErased;
    if (!change && !WHOLE.has(event) && !isTitle) continue;
    if (version < (seen[fact] ?? 0)) continue;
    // A deleted task goes on being known by what it was; its status alone is none.
    const value = event === 'deleted' && fact !== 'status' ? change?.from : change?.to;
    facts[fact] = isTitle ? null : (value ?? null);
    seen[fact] = version;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
