import { operations, resources } from '@mono/contract';

export const recurrenceResources = operations(
  'recurrence',
  {},
  { templateResources: resources('List templates by id') },
);
