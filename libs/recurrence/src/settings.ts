// What operators may set of recurrence.
import { integer } from '@mono/platform';

export const recurrenceSettings = {
  RECURRENCE_CONCURRENCY: integer({
    description: 'Templates whose tasks a node makes at once.',
    default: 4,
    min: 1,
    max: 64,
  }),
  RECURRENCE_BATCH: integer({
    description: 'Occurrences that are planned and made in one go.',
    default: 500,
    min: 1,
    max: 1_000,
  }),
  RECURRENCE_BATCHES_PER_RUN: integer({
    description: 'Batches after which a long catch-up lets other templates have their turn.',
    default: 10,
    min: 1,
    max: 1_000,
  }),
  RECURRENCE_LOCK_SECONDS: integer({
    description: 'How long a node that has died keeps the job of a template, in seconds.',
    default: 30,
    min: 5,
    max: 600,
  }),
  RECURRENCE_RECONCILE_SECONDS: integer({
    description: 'How often templates that have something to make are looked for, among all nodes, in seconds.',
    default: 10,
    min: 1,
    max: 3_600,
  }),
};
