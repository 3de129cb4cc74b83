import { operations, resources } from '@mono/contract';

export const timeTrackingResources = operations(
  'time-tracking',
  {},
  { entryResources: resources('List entries by id') },
);
