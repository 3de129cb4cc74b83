// Checks at every read, without a cache, whether the creator of a feed may still read its list.
import { Injectable } from '@nestjs/common';
import { apiKeysOperations, IpRanges, MembersClient, type ApiKeysClient } from '@mono/auth/contract';
import { Bus } from '@mono/bus';
import { clientOf } from '@mono/contract';
import { DomainError } from '@mono/contract/errors';
import { systemContext } from '../call-contexts.js';
import type { FeedRow } from '../persistence/feeds.store.js';

/** A reader of a feed, identified by its secret alone. */
export interface FeedVisit {
  requestId: string;
  /** The IP address of the reader. */
  address: string;
}

@Injectable()
export class CreatorRights {
  private readonly keys: ApiKeysClient;

  constructor(
    bus: Bus,
    private readonly members: MembersClient,
  ) {
    this.keys = clientOf(bus, apiKeysOperations);
  }

  /** @throws UnavailableError when auth is unavailable. */
  async mayRead(feed: FeedRow, visit: FeedVisit): Promise<boolean> {
    if (feed.creator_kind === 'api_key') return this.mayKeyRead(feed, visit);
    // Every role reads.
    const members = await this.members.activeAmong(feed.workspace_id, [feed.creator_id]);
    return members.includes(feed.creator_id);
  }

  private async mayKeyRead(feed: FeedRow, { requestId, address }: FeedVisit): Promise<boolean> {
    const context = systemContext(feed.workspace_id, requestId);
    const key = await this.keys.getApiKey({ id: feed.creator_id }, context).catch((error: unknown) => {
      if (error instanceof DomainError && error.kind === 'not_found') return undefined;
      throw error;
    });
    if (key?.state !== 'active') return false;
    const needed = feed.tasks === 'none' ? ['recurrence:read'] : ['recurrence:read', 'tasks:read'];
    if (!key.scopes.includes('*') && !needed.every((scope) => key.scopes.includes(scope))) return false;
    if (key.list_ids !== null && !key.list_ids.includes(feed.list_id)) return false;
    return key.allowed_ips === null || new IpRanges(key.allowed_ips).includes(address);
  }
}
