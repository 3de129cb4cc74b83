// What recurrence knows of the tasks of occurrences, in the words of tasks. Where these are said to tasks or heard from it, the
// compiler holds them against its contract.

export type TaskStatus = 'todo' | 'in_progress' | 'blocked' | 'done' | 'archived' | 'cancelled';
export type TaskPriority = 'low' | 'medium' | 'high' | 'urgent';

/** What a template gives to each of its tasks; null for "none". */
export interface TaskContent {
  list_id: string;
  title: string;
  description: string | null;
  priority: TaskPriority;
  tags: string[];
  assignee_id: string | null;
  due_at: string | null;
  due_on: string | null;
  starts_on: string | null;
  timezone: string | null;
  estimated_duration: string | null;
}

/** What an event of tasks says of one. */
export interface TaskChange {
  event: string;
  origin: 'user' | 'recurrence' | 'system' | 'zone_data';
  version: number;
  /** RFC 3339, UTC. */
  occurred_at: string;
  /** By the fields' REST names. */
  changes: Readonly<Record<string, { from: unknown; to: unknown }>>;
}
