// The tasks feature: every node loads this file; the module's code loads where it runs.
import { defineFeature } from '@mono/platform';
import {
  listsOperations,
  occurrencesOperations,
  tagsOperations,
  tasksOperations,
  transitionsOperations,
} from './contract/index.js';
import { tasksMigrations } from './src/persistence/tasks-migrations.js';
import { tasksConfig } from './src/tasks.config.js';

export const tasksFeature = defineFeature({
  name: 'tasks',
  config: tasksConfig,
  scopes: { 'tasks:read': 'viewer', 'tasks:write': 'member' },
  tags: { lists: 'Lists of tasks.', tasks: 'Tasks and subtasks.', tags: 'Labels of tasks.' },
  operations: [listsOperations, tasksOperations, tagsOperations, occurrencesOperations, transitionsOperations],
  migrations: tasksMigrations,
  load: async () => (await import('./module.js')).TasksModule,
});
