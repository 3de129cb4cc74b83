// Only users have preferences: an API key gets `forbidden`.
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
      description: 'Shows which optional mails the user receives, and when. Mails about the account are always sent.',
      answer: 'The preferences. Version 1 with the defaults if the user has set none.',
      scope: 'user',
      reply: NotificationPreferences,
      etag,
    }),
    updatePreferences: patch('/v1/me/notifications', {
      operationId: 'updateNotificationPreferences',
      summary: 'Update the notification preferences of the signed-in user',
      description: 'Changes the given fields, as a JSON Merge Patch.',
      answer: 'The updated preferences.',
      scope: 'user',
      patch: NotificationPreferencesPatch,
      reply: NotificationPreferences,
      etag,
      ifMatch: true,
    }),
  },
);
