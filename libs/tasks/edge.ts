// What every node loads of this module: its operations.
import { Module } from '@nestjs/common';
import { integer, type FeatureEdge } from '@mono/platform';
import {
  listsOperations,
  occurrencesOperations,
  tagsOperations,
  tasksOperations,
  transitionsOperations,
} from './contract/index.js';

const settings = {
  TASKS_DUE_SOON_LEAD_MINUTES: integer({
    description: 'Time before the due date at which a task counts as due soon, in minutes.',
    default: 1_440,
    min: 1,
    max: 43_200,
  }),
  TASKS_DUE_SOON_INTERVAL_SECONDS: integer({
    description: 'Interval between scans for tasks that are due soon, in seconds.',
    default: 30,
    min: 1,
    max: 3_600,
  }),
};

@Module({})
class TasksEdge {}

export const tasksEdge: FeatureEdge<typeof settings> = {
  name: 'tasks',
  settings,
  contracts: [],
  scopes: { 'tasks:read': 'viewer', 'tasks:write': 'member' },
  tags: { lists: 'Lists of tasks.', tasks: 'Tasks and subtasks.', tags: 'Labels of tasks.' },
  operations: [listsOperations, tasksOperations, tagsOperations, occurrencesOperations, transitionsOperations],
  module: { module: TasksEdge },
};
