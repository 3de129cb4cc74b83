// The names of users and the titles of lists, from their owners: nothing here keeps a copy. While an owner is unavailable, the answer
// comes without names.
import { Inject, Injectable } from '@nestjs/common';
import { MembersClient } from '@mono/auth/contract';
import { DomainError, type CallContext, type ClientOf, type ModuleCallOptions } from '@mono/contract';
import type { tasksResources } from '@mono/tasks/contract';
import type { Actor } from '../../contract/history.js';
import { isUUID } from 'class-validator';

/** Asks the module of tasks. */
export type AskLists = Pick<ClientOf<typeof tasksResources>, 'listTitles'>;
/** The token of AskLists. */
export const LISTS = Symbol('lists');

export type NamesById = ReadonlyMap<string, string>;
export type Ids = Iterable<string | null>;

/** A row that says who acted. */
interface Acted {
  actor_kind: string;
  actor_id: string;
}

/** Names of 255 characters fit into a message. */
const MOST_AT_ONCE = 500;
const TIMEOUT_MS = 3_000;
const MISSING: ReadonlySet<string> = new Set<DomainError['kind']>(['unavailable', 'timed_out', 'rate_limited']);

@Injectable()
export class Names {
  constructor(
    @Inject(MembersClient) private readonly members: Pick<MembersClient, 'names'>,
    @Inject(LISTS) private readonly lists: AskLists,
  ) {}

  /** Members and former members. API keys and the system have no names. */
  people({ principal, ...call }: CallContext, ids: Ids): Promise<NamesById> {
    return namesOf(ids, (some) => this.members.names(principal.workspaceId, some, optionsOf(call)));
  }

  /** The users among those who acted. */
  actors(call: CallContext, rows: readonly Acted[]): Promise<NamesById> {
    const ids = rows.flatMap(({ actor_kind: kind, actor_id: id }) => (kind === 'user' ? id : []));
    return this.people(call, ids);
  }

  /** Lists and those in the trash. */
  titles({ principal, ...call }: CallContext, ids: Ids): Promise<NamesById> {
    return namesOf(ids, async (some) => {
      const query = { workspace_id: principal.workspaceId, list_ids: [...some] };
      const { titles } = await this.lists.listTitles(query, optionsOf(call));
      return new Map(some.flatMap((id, index) => (titles[index] ? [[id, titles[index]]] : [])));
    });
  }
}

export function actorOf({ actor_kind: kind, actor_id: id }: Acted, names: NamesById): Actor {
  return { kind: kind as Actor['kind'], id, name: names.get(id) ?? null };
}

function optionsOf({ requestId, deadline, signal }: Omit<CallContext, 'principal'>): ModuleCallOptions {
  return { requestId, deadline, signal, timeoutMs: TIMEOUT_MS };
}

/** Each id once. @throws what is no lack of an answer. */
async function namesOf(ids: Ids, ask: (some: readonly string[]) => Promise<NamesById>): Promise<NamesById> {
  const all = [...new Set(ids)].filter((id) => id !== null && isUUID(id)) as string[];
  const parts = Array.from({ length: Math.ceil(all.length / MOST_AT_ONCE) }, (_, part) =>
    all.slice(part * MOST_AT_ONCE, (part + 1) * MOST_AT_ONCE),
  );
  try {
    const found = new Map<string, string>();
    for (const part of await Promise.all(parts.map(ask))) for (const [id, name] of part) found.set(id, name);
    return found;
  } catch (error) {
    if (error instanceof DomainError && MISSING.has(error.kind)) return new Map();
    throw error;
  }
}
