// The configuration of the shared servers. A node that joins them must not differ, because it takes part in their work.
import { PROVIDER_SETTINGS } from './seeded-sign-ins.ts';

/** @param places of the mail server, and of jobs. */
export function sharedSettings(places: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...places,
    ...PROVIDER_SETTINGS,
    // Tests receive webhooks themselves.
    WEBHOOKS_ALLOW_PRIVATE: 'true',
    // Tests wait for this periodic work.
    RECURRENCE_RECONCILE_SECONDS: '1',
    REMINDERS_INTERVAL_SECONDS: '1',
    ASSIGNMENT_MAILS_DELAY_SECONDS: '1',
    TIME_TRACKING_TIMER_CHECK_SECONDS: '1',
  };
}
