// The answers of other modules: keys and members of auth, lists of tasks.
import { Controller } from '@nestjs/common';
import { apiKeysOperations, membersOperations, type ApiKey, type Member, type Role } from '@mono/auth/contract';
import { NotFoundError, type InputOf } from '@mono/contract';
import { Operation } from '@mono/platform';
import { listsOperations, type List } from '@mono/tasks/contract';

export interface FakeKey {
  state?: ApiKey['state'];
  scopes: string[];
  list_ids: string[] | null;
}

@Controller()
export class FakeNeighbours {
  readonly keys = new Map<string, FakeKey>();
  readonly roles = new Map<string, Role>();
  readonly missingLists = new Set<string>();
  joinedAt = '2026-01-01T00:00:00.000Z';

  @Operation(apiKeysOperations.getApiKey)
  async getApiKey({ id }: InputOf<typeof apiKeysOperations.getApiKey>): Promise<ApiKey> {
    const key = this.keys.get(id);
    if (!key) throw new NotFoundError('api_key', id);
    return { id, state: 'active', ...key } as ApiKey;
  }

  @Operation(membersOperations.getMember)
  async getMember({ id }: InputOf<typeof membersOperations.getMember>): Promise<Member> {
    const role = this.roles.get(id);
    if (!role) throw new NotFoundError('member', id);
    return { id, role } as Member;
  }

  @Operation(membersOperations.membersAmong)
  async membersAmong({ user_ids }: InputOf<typeof membersOperations.membersAmong>) {
    const known = user_ids.filter((id) => this.roles.has(id));
    return { user_ids: known, joined_at: known.map(() => this.joinedAt) };
  }

  @Operation(listsOperations.getList)
  async getList({ id }: InputOf<typeof listsOperations.getList>): Promise<List> {
    if (this.missingLists.has(id)) throw new NotFoundError('list', id);
    return { id } as List;
  }
}
