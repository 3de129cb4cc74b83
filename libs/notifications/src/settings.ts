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
  ASSIGNMENT_MAILS_DELAY_SECONDS: integer({
    description:
      'Time without a new assignment before the mail about the new assignments of a user is sent, in seconds. While assignments go on, it is sent after five times as long.',
    default: 60,
    min: 1,
    max: 3_600,
  }),
  REMINDERS_INTERVAL_SECONDS: integer({
    description: 'Interval between scans for due reminders and new assignments, in seconds.',
    default: 30,
    min: 1,
    max: 3_600,
  }),
});
