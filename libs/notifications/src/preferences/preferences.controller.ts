// A user's notification preferences, which only the user reads and updates.
import { Controller } from '@nestjs/common';
import { DomainError, type CallContext, type InputOf } from '@mono/contract';
import { Operation } from '@mono/platform';
import { preferencesOperations as operations, type NotificationPreferences } from '../../contract/index.js';
import { Preferences } from './preferences.js';

@Controller()
export class PreferencesController {
  constructor(private readonly preferences: Preferences) {}

  @Operation(operations.getPreferences)
  async getPreferences(_nothing: undefined, context: CallContext): Promise<NotificationPreferences> {
    return this.preferences.get(userOf(context));
  }

  @Operation(operations.updatePreferences)
  async updatePreferences(
    { patch }: InputOf<typeof operations.updatePreferences>,
    context: CallContext,
  ): Promise<NotificationPreferences> {
    const { requestId, expectedVersion, principal } = context;
    const change = { userId: userOf(context), workspaceId: principal.workspaceId, requestId, expectedVersion };
    return this.preferences.update(change, patch);
  }
}

/** @throws DomainError `forbidden` for an API key or a system. */
function userOf({ principal }: CallContext): string {
  if (principal.kind === 'user') return principal.id;
  throw new DomainError('forbidden', 'forbidden', 'Notification preferences require a signed-in user.');
}
