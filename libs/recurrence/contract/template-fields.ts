// The fields that templates share with their subtasks.
import { MAX_TAGS, MAX_TAG_CHARACTERS, MAX_TITLE_CHARACTERS, TASK_PRIORITIES } from '@mono/tasks/contract';

export const title = {
  description: 'Title of the task.',
  example: 'Water the plants',
  min: 1,
  max: MAX_TITLE_CHARACTERS,
  notBlank: true,
};
export const priority = {
  description: 'Priority of the task.',
  values: TASK_PRIORITIES,
  enumName: 'TaskPriority',
  example: 'medium',
};
export const tags = {
  description: 'Tags of the task.',
  maxItems: MAX_TAGS,
  max: MAX_TAG_CHARACTERS,
  unique: true,
  example: ['home'],
};
export const assigneeId = { description: 'Member to whom the task is assigned.', example: null, nullable: true };
export const estimatedDuration = { description: 'Estimated effort, ISO 8601.', example: 'PT15M', nullable: true };
