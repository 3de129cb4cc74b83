// The log of changes of status, as other modules read it: all workspaces, in the order in which it was written.
import { applyDecorators } from '@nestjs/common';
import { Checked, IntegerField, TextField, type FieldOptions } from '@mono/contract';
import type { TasksEvent } from './tasks.events.js';
import type { TaskStatus } from './task-constants.js';

export const MAX_TRANSITIONS = 5_000;
export const DEFAULT_TRANSITIONS = 1_000;

/** PostgreSQL's bigint. */
const MAX_PLACE = 2n ** 63n - 1n;

function isPlace(value: unknown): boolean {
  return typeof value === 'string' && /^\d{1,19}$/.test(value) && BigInt(value) <= MAX_PLACE;
}

function PlaceField(options: FieldOptions): PropertyDecorator {
  return applyDecorators(TextField(options), Checked('place', isPlace, 'must be the `next` of a page'));
}

export class TransitionsQuery {
  @PlaceField({ description: 'The `next` of the page before; from the beginning without it.', optional: true })
  after?: string;

  @IntegerField({
    description: 'How many transitions at most; a page of large tasks has fewer.',
    min: 1,
    max: MAX_TRANSITIONS,
    default: DEFAULT_TRANSITIONS,
    optional: true,
  })
  limit?: number;
}

/** A task has one for its creation (`from` null), each change of its status, and its deletion (`to` null). */
export interface Transition {
  workspace_id: string;
  task_id: string;
  /** The task's version after the change: that of the event. */
  version: number;
  from: TaskStatus | null;
  to: TaskStatus | null;
  /** RFC 3339, UTC, milliseconds; never before that of the task's transition before. */
  occurred_at: string;
  actor: TasksEvent['actor'];
  request_id: string;
}

/** By their REST names. Of a task that is there, `title`, `list_id` and `tags` are never null. */
export interface TaskFacts {
  title: string | null;
  list_id: string | null;
  tags: string[] | null;
  assignee_id: string | null;
  template_id: string | null;
  /** ISO 8601. */
  estimated_duration: string | null;
}

/**
 * A task as it stands now, at its version of now; a deleted one as it was last, at the version of its deletion, with nulls
 * for all facts where it was deleted before they were kept.
 */
export interface TransitionTask extends TaskFacts {
  id: string;
  workspace_id: string;
  version: number;
  deleted: boolean;
}

export class TransitionPage {
  items: Transition[];
  /** Each task of `items` once, seen at the same moment as they. */
  tasks: TransitionTask[];
  /** Where the next page begins; null where nothing more was there. */
  next: string | null;
}
