// The parts of tasks that recurrence knows. The domain imports no contract of another module; the compiler compares these types
// with it where they are sent to tasks or consumed.

export type TaskStatus = 'todo' | 'in_progress' | 'blocked' | 'done' | 'archived' | 'cancelled';
export type TaskPriority = 'low' | 'medium' | 'high' | 'urgent';

/** The content of a task that comes from its template. */
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

/** A subtask that comes from its template. */
export interface TaskSubtask extends Omit<TaskContent, 'list_id' | 'description' | 'starts_on'> {
  key: string;
}

/** An event about a task. */
export interface TaskChange {
  event: string;
  origin: 'user' | 'recurrence' | 'system' | 'zone_data';
  version: number;
  /** RFC 3339, UTC. */
  occurred_at: string;
  /** By the fields' REST names. */
  changes: Readonly<Record<string, { from: unknown; to: unknown }>>;
  /** Whether a deleted task is not in the trash. */
  permanent?: boolean;
}
