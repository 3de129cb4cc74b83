// The current rights of the creator of a webhook. Asked before attempts, and believed for a second.
import { Injectable } from '@nestjs/common';
import { apiKeysOperations, membersOperations, scopesOfRole, type ApiKeysClient } from '@mono/auth/contract';
import { Bus } from '@mono/bus';
import { clientOf, DomainError, hasScope, type CallContext, type ClientOf, type Principal } from '@mono/contract';
import type { WebhookRow } from '../webhooks/webhook.store.js';

export interface Rights {
  scopes: readonly string[];
  /** null: all. */
  listIds: readonly string[] | null;
}

type Creator = Pick<WebhookRow, 'workspace_id' | 'creator_kind' | 'creator_id'>;

const MANAGES = 'webhooks:write';

@Injectable()
export class CreatorRights {
  private readonly keys: ApiKeysClient;
  private readonly members: ClientOf<typeof membersOperations>;

  constructor(bus: Bus) {
    this.keys = clientOf(bus, apiKeysOperations);
    this.members = clientOf(bus, membersOperations);
  }

  /** @returns undefined if the creator may not manage webhooks any more. @throws UnavailableError when auth is unavailable. */
  async of(creator: Creator, requestId: string): Promise<Rights | undefined> {
    const context = systemContext(creator.workspace_id, requestId);
    const rights = await this.read(creator, context).catch((error: unknown) => {
      if (error instanceof DomainError && error.kind === 'not_found') return undefined;
      throw error;
    });
    return rights && hasScope(rights as Principal, MANAGES) ? rights : undefined;
  }

  private async read(
    { creator_kind: kind, creator_id: id }: Creator,
    context: CallContext,
  ): Promise<Rights | undefined> {
    if (kind === 'user') {
      const { role } = await this.members.getMember({ id }, context);
      return role === null ? undefined : { scopes: scopesOfRole(role), listIds: null };
    }
    const { state, scopes, list_ids: listIds } = await this.keys.getApiKey({ id }, context);
    return state === 'active' ? { scopes, listIds } : undefined;
  }
}

/** The module itself. */
export function systemContext(workspaceId: string, requestId: string): CallContext {
  return { principal: { kind: 'system', id: 'webhooks', workspaceId, scopes: ['*'] }, requestId, source: 'job' };
}
