// The module's API where the module does not run: each method is its request.
import type { Bus } from '@mono/bus';
import { callOptionsOf, type CallContext } from '@mono/contract';
import { NotificationsApi } from './notifications-api.js';
import type { NotificationPreferences, NotificationPreferencesPatch } from './preferences.js';
import { notificationsRequests } from './requests.js';

export class NotificationsBusClient extends NotificationsApi {
  constructor(private readonly bus: Bus) {
    super();
  }

  getPreferences(context: CallContext): Promise<NotificationPreferences> {
    return this.bus.request(notificationsRequests.getPreferences, undefined, callOptionsOf(context));
  }

  updatePreferences(context: CallContext, patch: NotificationPreferencesPatch): Promise<NotificationPreferences> {
    return this.bus.request(notificationsRequests.updatePreferences, { patch }, callOptionsOf(context));
  }
}
