// What operators may set of time tracking.
import { integer } from '@mono/platform';

export const timeTrackingSettings = {
  TIME_TRACKING_CONCURRENCY: integer({
    description: 'Events of tasks that a node works on at once; they are written together.',
    default: 2_048,
    min: 1,
    max: 4_096,
  }),
  TIME_TRACKING_TIMER_CHECK_SECONDS: integer({
    description: 'How often forgotten timers are looked for, in seconds.',
    default: 60,
    min: 1,
    max: 3_600,
  }),
};
