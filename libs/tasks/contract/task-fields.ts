// The description of each field of a task, once; the classes that have it say where it may be absent or null.
import {
  MAX_DESCRIPTION_BYTES,
  MAX_TAGS,
  MAX_TAG_CHARACTERS,
  MAX_TITLE_CHARACTERS,
  TASK_PRIORITIES,
  TASK_STATUSES,
} from './task-constants.js';

export const listId = { description: 'The list that holds the task.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e' };
export const parentId = {
  description: 'The task of which this is a subtask (at most five levels deep).',
  example: null,
  nullable: true,
};
export const title = {
  description: 'What is to be done.',
  example: 'Buy milk',
  min: 1,
  max: MAX_TITLE_CHARACTERS,
  notBlank: true,
};
export const description = {
  description: 'Free text.',
  example: 'The one in the blue bottle',
  maxBytes: MAX_DESCRIPTION_BYTES,
  nullable: true,
};
export const status = {
  description: 'Where the task stands.',
  values: TASK_STATUSES,
  enumName: 'TaskStatus',
  code: 'unknown_status',
  example: 'todo',
};
export const priority = {
  description: 'How pressing it is.',
  values: TASK_PRIORITIES,
  enumName: 'TaskPriority',
  example: 'high',
};
export const tags = {
  description: 'Labels.',
  maxItems: MAX_TAGS,
  max: MAX_TAG_CHARACTERS,
  unique: true,
  example: ['errand', 'weekly'],
};
export const assigneeId = { description: 'The member who is to do it.', example: null, nullable: true };
export const dueAt = {
  description: 'When it is due, to the instant; not together with `due_on`.',
  example: '2026-05-08T16:00:00Z',
  nullable: true,
};
export const dueOn = {
  description: 'The day by whose end (in `timezone`) it is due; not together with `due_at`.',
  example: null,
  nullable: true,
};
export const startsOn = { description: 'The day on which work is to begin.', example: null, nullable: true };
export const dueOffset = {
  description:
    'The due date as the time after `starts_on`, instead of `due_on` or `due_at`: whole days set `due_on`, hours and minutes `due_at`, from the beginning of the day in `timezone`. It is not kept: a later change of `starts_on` alone leaves the due date. ISO 8601 such as `P3D` or `P1DT17H`, at most ten years; null is as absent.',
  example: null,
  nullable: true,
  optional: true,
};
export const timezone = {
  description: 'The IANA zone in which `due_on` and `starts_on` are days; UTC when null.',
  example: 'Europe/Berlin',
  nullable: true,
};
export const estimatedDuration = { description: 'The effort expected, ISO 8601.', example: 'PT45M', nullable: true };
export const templateId = {
  description: 'The template of which this is an occurrence.',
  example: null,
  nullable: true,
};
export const seriesId = {
  description: 'The series of which this is an occurrence: a template and those split from it.',
  example: null,
  nullable: true,
};
export const originalStart = {
  description:
    'Which occurrence of its series this is, by the date that its rule gave it: local time, for `interval` rules the UTC instant. It stays when the task is moved.',
  example: null,
  nullable: true,
};

/** With a move to another list. */
export const moveSubtasks = {
  description:
    'Whether subtasks at all levels move with it to another list. Subtasks that are in a third list stay there, with what is below them.',
  default: true,
  optional: true,
};

/** A parameter of deletions. */
export const permanent = {
  description: '`true` bypasses the trash: nobody can restore it. Requires the scope `admin` or the role `admin`.',
  values: ['true', 'false'] as const,
  default: 'false',
  optional: true,
};
