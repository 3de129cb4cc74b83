// A task as its events describe it, in any order: each field has the value of the latest version that changed it, so that
// consumers need no order and wait for no gap.

const FIELDS = ['title', 'status', 'assignee_id', 'due_at', 'due_on', 'timezone'] as const;
type Field = (typeof FIELDS)[number];

/** By the field names of the task's events; null for no value and for a field that is not known yet. */
export type TaskFacts = Record<Field, string | null>;

export interface FollowedTask extends TaskFacts {
  /** The version that last set a field. */
  seen: Partial<Record<Field, number>>;
}

export interface TaskChange {
  version: number;
  /** `created`, `restored` and `deleted` set every field. */
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

/** Whether the change sets a followed field. */
export function isRelevant({ event, changes }: TaskChange): boolean {
  return setsAll(event) || FIELDS.some((field) => changes[field] !== undefined);
}

export function applyChange(task: FollowedTask, { version, event, changes }: TaskChange): FollowedTask {
  const next = { ...task, seen: { ...task.seen } };
  for (const field of FIELDS) {
    const change = changes[field];
    if (!change && !setsAll(event)) continue;
    if (version <= (task.seen[field] ?? 0)) continue;
    next[field] = event === 'deleted' ? null : textOf(change?.to);
    next.seen[field] = version;
  }
  return next;
}

/** Whether the event sets every field, so that nothing before it is missing. */
export function setsAll(event: string): boolean {
  return event === 'created' || event === 'restored' || event === 'deleted';
}

/** The task at a version stands for all of its events up to then. */
export function snapshotOf({ version, ...facts }: TaskFacts & { version: number }): TaskChange {
  return {
    version,
    event: 'created',
    changes: Object.fromEntries(FIELDS.map((field) => [field, { to: facts[field] }])),
  };
}

/** Whether every field is known. */
export function isComplete({ seen }: Pick<FollowedTask, 'seen'>): boolean {
  return FIELDS.every((field) => seen[field] !== undefined);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
