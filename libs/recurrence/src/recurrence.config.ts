import { defineConfig, integer } from '@mono/platform';

export const recurrenceConfig = defineConfig('recurrence', {
  RECURRENCE_CONCURRENCY: integer({
    description: 'Maximum templates that a node generates tasks for at a time.',
    default: 4,
    min: 1,
    max: 64,
  }),
  RECURRENCE_BATCH: integer({
    description: 'Occurrences per batch.',
    default: 500,
    min: 1,
    max: 1_000,
  }),
  RECURRENCE_BATCHES_PER_RUN: integer({
    description: 'Batches per job before other templates get their turn.',
    default: 10,
    min: 1,
    max: 1_000,
  }),
  RECURRENCE_LOCK_SECONDS: integer({
    description:
      'Lock duration of a template’s job. After a crash, another node takes over within this time, in seconds.',
    default: 30,
    min: 5,
    max: 600,
  }),
  RECURRENCE_RECONCILE_SECONDS: integer({
    description: 'Interval between scans for templates with missing tasks, in seconds.',
    default: 10,
    min: 1,
    max: 3_600,
  }),
});
