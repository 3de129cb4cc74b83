// The mail about a disabled webhook: to its creator, or to an owner of the workspace if the creator is an API key or has left.
import { membersOperations } from '@mono/auth/contract';
import type { Bus } from '@mono/bus';
import { clientOf } from '@mono/contract';
import type { WebhookDisabled } from '@mono/webhooks/contract';
import { templates } from '../templates/index.js';
import type { Write } from './account-mails.js';
import type { People } from './people.js';

export type DisabledFacts = Pick<
  WebhookDisabled,
  | 'workspace_id'
  | 'request_id'
  | 'occurred_at'
  | 'reason'
  | 'url_host'
  | 'description'
  | 'creator_user_id'
  | 'failing_since'
>;

const MEMBERS_PER_PAGE = 500;

export function webhookDisabledMail(bus: Pick<Bus, 'request'>): Write<DisabledFacts> {
  return async (event, people) => {
    const recipient = (await creatorOf(event, people)) ?? (await ownerOf(bus, event, people));
    if (!recipient) return undefined;
    const content = templates.webhook_disabled({
      name: recipient.name ?? '',
      host: event.url_host,
      description: event.description,
      reason: event.reason,
      at: event.occurred_at,
      failingSince: event.failing_since,
      timeZone: recipient.timezone,
    });
    return { to: recipient.address, ...content };
  };
}

type Recipient = ReturnType<People['member']>;

async function creatorOf({ workspace_id, creator_user_id: userId }: DisabledFacts, people: People): Recipient {
  return userId === null ? undefined : people.member(workspace_id, userId);
}

/** The owner that joined first. */
async function ownerOf(bus: Pick<Bus, 'request'>, event: DisabledFacts, people: People): Recipient {
  const { workspace_id: workspaceId, request_id: requestId } = event;
  const principal = { kind: 'system', id: 'notifications', workspaceId, scopes: ['tasks:read'] } as const;
  const client = clientOf(bus, membersOperations);
  const owners: { id: string; joined_at: string }[] = [];
  let cursor: string | null = null;
  do {
    const query = { limit: MEMBERS_PER_PAGE, ...(cursor !== null && { cursor }) };
    const { items, page } = await client.findMembers(query, { principal, requestId });
    owners.push(...items.filter(({ role }) => role === 'owner'));
    cursor = page.next_cursor;
  } while (cursor !== null);
  const [first] = owners.toSorted((one, other) => Date.parse(one.joined_at) - Date.parse(other.joined_at));
  return first && people.recipient(first.id);
}
