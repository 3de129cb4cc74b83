// The requests of this module. Only users have preferences: an API key is refused.
import { get, operations, patch } from '@mono/contract';
import { NotificationPreferences, NotificationPreferencesPatch } from './preferences.js';

const etag = ({ version }: NotificationPreferences): string => String(version);

export const preferencesOperations = operations(
  'notifications',
  {},
  {
    getPreferences: get('/v1/me/notifications', {
      operationId: 'getNotificationPreferences',
      summary: 'Get the notification preferences of the signed-in user',
      answer: 'The preferences; the defaults as version 1 where the user has set none.',
      scope: 'user',
      reply: NotificationPreferences,
      etag,
    }),
    updatePreferences: patch('/v1/me/notifications', {
      operationId: 'updateNotificationPreferences',
      summary: 'Update the notification preferences of the signed-in user',
      answer: 'The updated preferences.',
      scope: 'user',
      patch: NotificationPreferencesPatch,
      reply: NotificationPreferences,
      etag,
      ifMatch: true,
    }),
  },
);
