// Turns off the mails that a link names.
import { Controller, Inject } from '@nestjs/common';
import { Bus } from '@mono/bus';
import type { InputOf, ModuleContext } from '@mono/contract';
import { Operation } from '@mono/platform';
import { notificationsErrors, unsubscribeOperations as operations, type Unsubscribed } from '../../contract/index.js';
import { People } from '../mails/people.js';
import { Preferences } from '../preferences/preferences.js';
import { UnsubscribeLinks } from './unsubscribe-links.js';

@Controller()
export class UnsubscribeController {
  constructor(
    private readonly links: UnsubscribeLinks,
    private readonly preferences: Preferences,
    @Inject(Bus) private readonly bus: Pick<Bus, 'request'>,
  ) {}

  @Operation(operations.unsubscribe)
  async unsubscribe(
    { token }: InputOf<typeof operations.unsubscribe>,
    { requestId, signal }: ModuleContext,
  ): Promise<Unsubscribed> {
    const link = await this.links.read(token);
    if (!link) throw notificationsErrors.unsubscribe_link_invalid();
    const { userId, workspaceId, kind } = link;
    // Preferences of a deleted account would stay for ever.
    const user = await new People(this.bus, { requestId, signal }).contact(userId);
    if (user) await this.preferences.update({ userId, workspaceId, requestId }, { [kind]: false });
    return { kind };
  }
}
