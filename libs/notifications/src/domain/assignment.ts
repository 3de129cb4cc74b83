// The assignments that a user should learn about.
/** The part of a task's event that an assignment needs. */
export interface AssigningEvent {
  id: string;
  aggregate_id: string;
  version: number;
  workspace_id: string;
  occurred_at: string;
  origin: string;
  actor: { kind: string; id: string };
  changes: Readonly<Record<string, { from: unknown; to: unknown }>>;
}

export interface Assignment {
  taskId: string;
  userId: string;
  workspaceId: string;
  version: number;
  assigner: { kind: string; id: string };
}

/**
 * @returns undefined unless somebody else assigns the task. Recurrence, which creates a year of occurrences at once, assigns nothing in
 * this sense: they are in the digest when they are due.
 */
export function assignmentOf(event: AssigningEvent): Assignment | undefined {
  const { origin, actor, changes, aggregate_id: taskId, workspace_id: workspaceId, version } = event;
  const userId = changes['assignee_id']?.to;
  if (origin !== 'user' || typeof userId !== 'string') return undefined;
  if (actor.kind === 'user' && actor.id === userId) return undefined;
  return { taskId, userId, workspaceId, version, assigner: { kind: actor.kind, id: actor.id } };
}
