// What every node loads of this module: its contract and its REST routes, over the bus.
import { Module } from '@nestjs/common';
import { Bus } from '@mono/bus';
import { integer, type FeatureEdge } from '@mono/platform';
import {
  occurrencesContracts,
  TasksApi,
  TasksBusClient,
  tasksContracts,
  transitionsContracts,
} from './contract/index.js';
import { ListsController } from './src/http/lists.controller.js';
import { TagsController } from './src/http/tags.controller.js';
import { TasksController } from './src/http/tasks.controller.js';

export const tasksControllers = [ListsController, TasksController, TagsController];

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
  contracts: [...tasksContracts, ...occurrencesContracts, ...transitionsContracts],
  module: {
    module: TasksEdge,
    controllers: tasksControllers,
    providers: [{ provide: TasksApi, useFactory: (bus: Bus) => new TasksBusClient(bus), inject: [Bus] }],
    exports: [TasksApi],
  },
};
