// The members of a workspace, as other modules ask for them.
import type { ModuleCallOptions, Requester } from '@mono/contract';
import { membersOperations, type MemberIds } from './members.operations.js';

/** A user who leaves and returns gets a new membership. */
export interface JoinedMember {
  user_id: string;
  /** RFC 3339, by the clock of auth's database; null from a node of the previous release. */
  joined_at: string | null;
}

export class MembersClient {
  constructor(private readonly bus: Requester) {}

  /** @returns those of these users that are members. */
  async membersAmong(workspaceId: string, userIds: readonly string[]): Promise<string[]> {
    return (await this.among(workspaceId, userIds)).user_ids;
  }

  /** @returns those of these users that are members and not disabled. */
  async activeAmong(workspaceId: string, userIds: readonly string[]): Promise<string[]> {
    const { user_ids, disabled = [] } = await this.among(workspaceId, userIds);
    return user_ids.filter((id) => !disabled.includes(id));
  }

  /** The members, with when each of them joined. */
  async memberships(workspaceId: string, userIds: readonly string[]): Promise<JoinedMember[]> {
    const { user_ids, joined_at = [] } = await this.among(workspaceId, userIds);
    return user_ids.map((user_id, index) => ({ user_id, joined_at: joined_at[index] ?? null }));
  }

  /** @param userIds of members and former members, at most MAX_MEMBERS_AMONG. @returns the names of those that are known. */
  async names(
    workspaceId: string,
    userIds: readonly string[],
    options: ModuleCallOptions = {},
  ): Promise<Map<string, string>> {
    const question = { workspace_id: workspaceId, user_ids: [...userIds] };
    const { names } = await this.bus.request(membersOperations.memberNames, question, options);
    const found = userIds.map((id, index) => [id, names[index]] as const);
    return new Map(found.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
  }

  private among(workspaceId: string, userIds: readonly string[]): Promise<MemberIds> {
    return this.bus.request(membersOperations.membersAmong, { workspace_id: workspaceId, user_ids: [...userIds] });
  }
}
