import { defineConfig, integer } from '@mono/platform';
import { mailSettings } from './mail/settings.js';

export const notificationsConfig = defineConfig('notifications', {
  ...mailSettings,
  MAIL_RETRY_MINUTES: integer({
    description:
      'Retry period of a failed mail before it becomes a dead letter, in minutes. A mail that the server rejects permanently is not retried.',
    default: 720,
    min: 0,
    max: 10_080,
  }),
  REMINDERS_INTERVAL_SECONDS: integer({
    description: 'Interval between scans for due reminders, in seconds.',
    default: 30,
    min: 1,
    max: 3_600,
  }),
});
