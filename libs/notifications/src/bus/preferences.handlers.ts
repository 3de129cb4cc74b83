import { Controller, Inject } from '@nestjs/common';
import { RequestHandler, type BusContext } from '@mono/bus';
import { callContextOf } from '@mono/platform';
import {
  NotificationsApi,
  notificationsRequests,
  type NotificationPreferences,
  type UpdatePreferences,
} from '../../contract/index.js';

@Controller()
export class PreferencesHandlers {
  constructor(@Inject(NotificationsApi) private readonly notifications: NotificationsApi) {}

  @RequestHandler(notificationsRequests.getPreferences)
  getPreferences(_input: undefined, context: BusContext): Promise<NotificationPreferences> {
    return this.notifications.getPreferences(callContextOf(context));
  }

  @RequestHandler(notificationsRequests.updatePreferences)
  updatePreferences({ patch }: UpdatePreferences, context: BusContext): Promise<NotificationPreferences> {
    return this.notifications.updatePreferences(callContextOf(context), patch);
  }
}
