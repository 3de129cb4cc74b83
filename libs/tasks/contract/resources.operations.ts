import { operations, resources } from '@mono/contract';

export const tasksResources = operations(
  'tasks',
  {},
  { taskResources: resources('List tasks by id'), listResources: resources('List lists by id') },
);
