// The answers of other modules: keys and members of auth, lists and filters of tasks.
import { Controller } from '@nestjs/common';
import { apiKeysOperations, membersOperations, type ApiKey, type Member, type Role } from '@mono/auth/contract';
import { NotFoundError, type InputOf } from '@mono/contract';
import { Operation } from '@mono/platform';
import {
  filterMatchesOperations,
  listsOperations,
  type ChangesMatched,
  type FilterFaultOf,
  type List,
} from '@mono/tasks/contract';

export interface FakeKey {
  state?: ApiKey['state'];
  scopes: string[];
  list_ids: string[] | null;
}

@Controller()
export class FakeNeighbours {
  readonly keys = new Map<string, FakeKey>();
  /** null: a former member. */
  readonly roles = new Map<string, Role | null>();
  readonly missingLists = new Set<string>();
  /** By the text or the id of filters. Without a fault, a filter matches changes that contain it. */
  readonly filterFaults = new Map<string, FilterFaultOf>();
  /** The questions about filters: their numbers of filters and changes. */
  readonly matches: [filters: number, changes: number][] = [];
  /** Called before an answer about filters. */
  onMatch: (() => Promise<void>) | undefined;
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
    if (role === undefined) throw new NotFoundError('member', id);
    return { id, role } as Member;
  }

  @Operation(membersOperations.membersAmong)
  async membersAmong({ user_ids }: InputOf<typeof membersOperations.membersAmong>) {
    const known = user_ids.filter((id) => this.roles.get(id));
    return { user_ids: known, joined_at: known.map(() => this.joinedAt) };
  }

  @Operation(listsOperations.getList)
  async getList({ id }: InputOf<typeof listsOperations.getList>): Promise<List> {
    if (this.missingLists.has(id)) throw new NotFoundError('list', id);
    return { id } as List;
  }

  @Operation(filterMatchesOperations.matchChanges)
  async matchChanges({
    filters,
    changes,
  }: InputOf<typeof filterMatchesOperations.matchChanges>): Promise<ChangesMatched> {
    this.matches.push([filters.length, changes.length]);
    await this.onMatch?.();
    const results = filters.map(({ filter, filter_id: id }) => {
      const fault = this.filterFaults.get(filter ?? id ?? '') ?? null;
      const matching = [...changes.keys()].filter((place) => JSON.stringify(changes[place]).includes(filter ?? ''));
      return { fault, matching: fault ? [] : matching };
    });
    return { results };
  }
}
