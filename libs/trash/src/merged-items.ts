// The items of several owners in one order, read no further than they are wanted.
import type { CallContext } from '@mono/contract';
import type { TrashItem } from '../contract/trash-item.dto.js';
import { MAX_OWNER_ITEMS, type FindTrash, type TrashPlace } from '../contract/trash-owner.js';
import type { TrashOwner } from './trash-owners.js';

export type Filter = Pick<FindTrash, 'types' | 'list_id' | 'q'>;

/** The newest first. @param most how many are wanted. @throws the error of an owner: no answer is silently partial. */
export async function mergedItems(
  owners: readonly TrashOwner[],
  call: CallContext,
  filter: Filter,
  after: TrashPlace | undefined,
  most: number,
): Promise<TrashItem[]> {
  const limit = Math.min(most, MAX_OWNER_ITEMS);
  const sources = owners.map((owner) => itemsOf(owner, call, { ...filter, limit }, after));
  const heads = await Promise.all(sources.map((source) => source.next()));
  const merged: TrashItem[] = [];
  while (merged.length < most) {
    let first: number | undefined;
    for (const [index, head] of heads.entries()) {
      const best = first === undefined ? undefined : heads[first];
      if (!head.done && (!best || best.done || isBefore(head.value, best.value))) first = index;
    }
    const head = first === undefined ? undefined : heads[first];
    const source = first === undefined ? undefined : sources[first];
    if (first === undefined || !head || head.done || !source) return merged;
    merged.push(head.value);
    if (merged.length < most) heads[first] = await source.next();
  }
  return merged;
}

async function* itemsOf(
  { client }: TrashOwner,
  call: CallContext,
  query: Filter & { limit: number },
  from: TrashPlace | undefined,
): AsyncGenerator<TrashItem, undefined> {
  let after = from;
  for (;;) {
    const { items } = await client.findTrash({ ...query, ...(after && { after }) }, call);
    yield* items;
    const last = items.at(-1);
    if (!last || items.length < query.limit) return undefined;
    after = { deleted_at: last.deleted_at, id: last.id };
  }
}

/** Instants have the same form everywhere, so that texts compare. */
function isBefore(one: TrashItem, other: TrashItem): boolean {
  return one.deleted_at === other.deleted_at ? one.id > other.id : one.deleted_at > other.deleted_at;
}
