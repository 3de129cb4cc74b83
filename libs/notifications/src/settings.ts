import { integer } from '@mono/platform';
import { mailSettings } from './mail/settings.js';

export const notificationsSettings = {
  ...mailSettings,
  MAIL_RETRY_MINUTES: integer({
    description:
      'How long a mail that does not get through is tried again, in minutes, before it is a dead letter. One that the server refuses for good is a dead letter at once.',
    default: 720,
    min: 0,
    max: 10_080,
  }),
  REMINDERS_INTERVAL_SECONDS: integer({
    description: 'How often tasks of which it is time to tell their assignees are looked for, in seconds.',
    default: 30,
    min: 1,
    max: 3_600,
  }),
};
