// The module's API: what controllers and bus handlers call. Implemented by the use cases and, where the module does not
// run, by a client over the bus.
import type { CallContext } from '@mono/contract';
import type { NotificationPreferences, NotificationPreferencesPatch } from './preferences.js';

/** Every method throws DomainError: `forbidden` for who is no signed-in user. */
export abstract class NotificationsApi {
  /** Everybody has some: who has chosen nothing has what it comes with, as version 1. */
  abstract getPreferences(context: CallContext): Promise<NotificationPreferences>;
  /** @throws `version_conflict`. */
  abstract updatePreferences(
    context: CallContext,
    patch: NotificationPreferencesPatch,
  ): Promise<NotificationPreferences>;
}
