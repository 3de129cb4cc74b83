import { Body, Controller, Get, Inject, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext } from '@mono/contract';
import { CallContextParam, GuardedByVersion, RequireUser, WithEntityTag } from '@mono/platform';
import {
  NotificationPreferences,
  NotificationPreferencesPatch,
  NotificationsApi,
  preferencesEntityTag,
} from '../../contract/index.js';

@ApiTags('notifications')
@Controller('v1/me/notifications')
export class PreferencesController {
  constructor(@Inject(NotificationsApi) private readonly notifications: NotificationsApi) {}

  @Get()
  @RequireUser()
  @WithEntityTag(preferencesEntityTag)
  @ApiOperation({ operationId: 'getNotificationPreferences', summary: 'Read what the signed-in user is told by mail' })
  @ApiOkResponse({ type: NotificationPreferences, description: 'What the user has chosen, or what it comes with.' })
  getPreferences(@CallContextParam() context: CallContext): Promise<NotificationPreferences> {
    return this.notifications.getPreferences(context);
  }

  @Patch()
  @RequireUser()
  @GuardedByVersion()
  @WithEntityTag(preferencesEntityTag)
  @ApiOperation({
    operationId: 'updateNotificationPreferences',
    summary: 'Change some of what the signed-in user is told by mail',
  })
  @ApiOkResponse({ type: NotificationPreferences, description: 'The preferences after the change.' })
  updatePreferences(
    @CallContextParam() context: CallContext,
    @Body() patch: NotificationPreferencesPatch,
  ): Promise<NotificationPreferences> {
    return this.notifications.updatePreferences(context, patch);
  }
}
