// What is known of a task out of its events, in whichever order they come: each field is as the latest version says that
// changed it, so that no order has to be kept and no gap to be waited for.

const FIELDS = ['title', 'status', 'assignee_id', 'due_at', 'due_on', 'timezone'] as const;
type Field = (typeof FIELDS)[number];

/** What the task's own events call its fields; null for "none", and for what nobody has told yet. */
export type TaskFacts = Record<Field, string | null>;

export interface FollowedTask extends TaskFacts {
  /** The version that last said something of a field. */
  seen: Partial<Record<Field, number>>;
}

export interface TaskChange {
  version: number;
  /** `created` and `deleted` say something of every field. */
  event: string;
  changes: Readonly<Record<string, { to: unknown } | undefined>>;
}

export const UNKNOWN_TASK: FollowedTask = {
  title: null,
  status: null,
  assignee_id: null,
  due_at: null,
  due_on: null,
  timezone: null,
  seen: {},
};

/** Whether it says anything of what is followed. */
export function concerns({ event, changes }: TaskChange): boolean {
  return isWhole(event) || FIELDS.some((field) => changes[field] !== undefined);
}

export function follow(task: FollowedTask, { version, event, changes }: TaskChange): FollowedTask {
  const next = { ...task, seen: { ...task.seen } };
  for (const field of FIELDS) {
    const change = changes[field];
    if (!change && !isWhole(event)) continue;
    if (version <= (task.seen[field] ?? 0)) continue;
    next[field] = event === 'deleted' ? null : textOf(change?.to);
    next.seen[field] = version;
  }
  return next;
}

/** The task as it stands at a version: as good as all of its events until then. */
export function asChange({ version, ...facts }: TaskFacts & { version: number }): TaskChange {
  return {
    version,
    event: 'created',
    changes: Object.fromEntries(FIELDS.map((field) => [field, { to: facts[field] }])),
  };
}

/** Whether something has been said of every field. */
export function isKnown({ seen }: Pick<FollowedTask, 'seen'>): boolean {
  return FIELDS.every((field) => seen[field] !== undefined);
}

function isWhole(event: string): boolean {
  return event === 'created' || event === 'deleted';
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
