// The lists and members that a caller can name; read with the caller's rights.
import { Injectable } from '@nestjs/common';
import { membersOperations, type Member } from '@mono/auth/contract';
import { Bus } from '@mono/bus';
import { clientOf, MAX_PAGE_LIMIT, type CallContext, type ClientOf, type PageQuery } from '@mono/contract';
import { listsOperations, type List, type ListsClient } from '@mono/tasks/contract';
import type { Names } from '../domain/names.js';

/** Names beyond are not known. A workspace with more lists or members needs ids. */
const MAX_PAGES = 20;

@Injectable()
export class CallersNames {
  private readonly lists: ListsClient;
  private readonly members: ClientOf<typeof membersOperations>;

  constructor(bus: Bus) {
    this.lists = clientOf(bus, listsOperations);
    this.members = clientOf(bus, membersOperations);
  }

  /** @throws DomainError `forbidden` without the scope `tasks:read`. */
  async namesFor(call: CallContext, asked: { lists: boolean; members: boolean }): Promise<Names> {
    const [lists, members] = await Promise.all([
      asked.lists ? allOf<List>((query) => this.lists.findLists(query, call)) : [],
      asked.members ? allOf<Member>((query) => this.members.findMembers(query, call)) : [],
    ]);
    const { kind, id } = call.principal;
    return { lists, members, ...(kind === 'user' ? { me: id } : {}) };
  }
}

type PageOf<T> = { items: T[]; page: { next_cursor: string | null } };

async function allOf<T>(find: (query: PageQuery) => Promise<PageOf<T>>): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < MAX_PAGES && (pages === 0 || cursor !== null); pages += 1) {
    const { items, page }: PageOf<T> = await find({ limit: MAX_PAGE_LIMIT, ...(cursor === null ? {} : { cursor }) });
    found.push(...items);
    cursor = page.next_cursor;
  }
  return found;
}
