// The tasks feature: every node loads this file; the module's code loads where it runs.
import { changesOf, withoutChange } from '@mono/contract';
import { defineFeature } from '@mono/platform';
import {
  datedTasksOperations,
  filterMatchesOperations,
  filtersOperations,
  listsOperations,
  occurrencesOperations,
  relationsOperations,
  searchOperations,
  tagsOperations,
  taskActionsOperations,
  tasksEvents,
  tasksOperations,
  tasksResources,
  tasksSearchOperations,
  tasksTrashOperations,
  todayOperations,
  transitionsOperations,
  workflowOperations,
} from './contract/index.js';
import { tasksMigrations } from './src/persistence/tasks-migrations.js';
import { tasksConfig } from './src/tasks.config.js';

export const tasksFeature = defineFeature({
  name: 'tasks',
  config: tasksConfig,
  scopes: { 'tasks:read': 'viewer', 'tasks:write': 'member', 'workflows:write': 'admin' },
  tags: {
    lists: 'Lists of tasks.',
    tasks: 'Tasks and subtasks.',
    tags: 'Labels of tasks.',
    relations: 'Relations between tasks.',
    filters: 'Saved filters of tasks.',
    search: 'Tasks, lists, templates and time entries by their words.',
  },
  operations: [
    listsOperations,
    tasksOperations,
    taskActionsOperations,
    tagsOperations,
    relationsOperations,
    filtersOperations,
    filterMatchesOperations,
    occurrencesOperations,
    datedTasksOperations,
    transitionsOperations,
    workflowOperations,
    todayOperations,
    searchOperations,
    tasksSearchOperations,
    tasksTrashOperations,
    tasksResources,
  ],
  events: [
    changesOf(
      'task',
      {
        scope: 'tasks:read',
        audience: 'list',
        resources: tasksResources.taskResources,
        matching: filterMatchesOperations.matchTasks,
      },
      {
        created: tasksEvents.created,
        updated: [
          tasksEvents.updated,
          tasksEvents.status_changed,
          tasksEvents.completed,
          tasksEvents.related,
          tasksEvents.unrelated,
        ],
        deleted: tasksEvents.deleted,
        restored: tasksEvents.restored,
      },
    ),
    changesOf(
      'list',
      { scope: 'tasks:read', audience: 'itself', resources: tasksResources.listResources },
      {
        created: tasksEvents.list_created,
        updated: tasksEvents.list_updated,
        deleted: tasksEvents.list_deleted,
        restored: tasksEvents.list_restored,
      },
    ),
    changesOf(
      'filter',
      { scope: 'tasks:read', audience: 'owned' },
      {
        created: tasksEvents.filter_created,
        updated: tasksEvents.filter_updated,
        deleted: tasksEvents.filter_deleted,
      },
    ),
    // A purged thing was deleted before.
    withoutChange(tasksEvents.due_soon, tasksEvents.purged, tasksEvents.list_purged),
  ],
  migrations: tasksMigrations,
  load: async () => (await import('./module.js')).TasksModule,
});
