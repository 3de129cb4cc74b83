// Every use case of this module as a request: `services.notifications.<name>` among nodes, `api.notifications.<name>` for
// outside clients.
import { defineRequest, type Contract } from '@mono/bus';
import { ObjectField } from '@mono/contract';
import { exposed } from '@mono/platform';
import { NotificationPreferences, NotificationPreferencesPatch, preferencesEntityTag } from './preferences.js';

const module = 'notifications';
/** For signed-in users, whatever their role. */
const forUsers = { scope: null, user: true } as const;

export class UpdatePreferences {
  @ObjectField(() => NotificationPreferencesPatch, { description: 'A merge patch.' })
  patch: NotificationPreferencesPatch;
}

export const notificationsRequests = {
  getPreferences: defineRequest<undefined, NotificationPreferences>({
    module,
    name: 'get_preferences',
    reply: NotificationPreferences,
    idempotent: true,
    ...exposed({ ...forUsers, entityTag: preferencesEntityTag }),
  }),
  updatePreferences: defineRequest({
    module,
    name: 'update_preferences',
    request: UpdatePreferences,
    reply: NotificationPreferences,
    ...exposed({ ...forUsers, guarded: true, entityTag: preferencesEntityTag }),
  }),
} as const;

export const notificationsContracts: readonly Contract[] = Object.values(notificationsRequests);
