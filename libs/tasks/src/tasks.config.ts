import { defineConfig, integer } from '@mono/platform';

export const tasksConfig = defineConfig('tasks', {
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
});
