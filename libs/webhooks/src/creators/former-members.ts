// Deletes the webhooks of users who leave the workspace.
import { Injectable } from '@nestjs/common';
import { MembersClient } from '@mono/auth/contract';
import { Database, Departures } from '@mono/platform';
import { systemDoer } from '../webhooks/webhook-events.js';
import { DeleteWebhooks } from './delete-webhooks.js';
import { memberships } from './members.js';

@Injectable()
export class FormerMembers extends Departures<never> {
  constructor(database: Database, members: MembersClient, webhooks: DeleteWebhooks) {
    super({
      database,
      memberships,
      members,
      clear: async (on, { workspaceId, userId, requestId }) => {
        await webhooks.deleteOfCreator(on, systemDoer('event', requestId), userId, workspaceId);
        return undefined;
      },
    });
  }
}
