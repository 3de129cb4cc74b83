import { defineConfig, integer } from '@mono/platform';

export const timeTrackingConfig = defineConfig('time-tracking', {
  TIME_TRACKING_CONCURRENCY: integer({
    description: 'Maximum task events that a node processes at a time, in one batch.',
    default: 2_048,
    min: 1,
    max: 4_096,
  }),
  TIME_TRACKING_TIMER_CHECK_SECONDS: integer({
    description: 'Interval between scans for forgotten timers, in seconds.',
    default: 60,
    min: 1,
    max: 3_600,
  }),
});
