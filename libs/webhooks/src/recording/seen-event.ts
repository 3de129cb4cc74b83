// An event as a receiver sees it that is limited to lists: a thing that moves out of them is deleted, one that moves into them
// is created. The change feed shows them in the same way.
import type { ChangeAudience, ChangeKind, Changes } from '@mono/contract';

/** A change of a thing, with its place before and after. */
export interface Placed {
  change: ChangeKind;
  /** After the change; null for what is in no list, and for what is deleted. */
  listId: string | null;
  /** Before the change; null for what was in no list, and for what is created. */
  fromListId: string | null;
}

/** `as_is`: as it happened. */
export type Seen = 'as_is' | 'created' | 'deleted';

/** How far a webhook reaches. */
export interface Reach {
  /** The lists that the creator is limited to; null: all. */
  creatorLists: readonly string[] | null;
  /** The list that the webhook is limited to; null: none. */
  listId: string | null;
}

/** @returns undefined if the webhook may not show it. */
export function seenBy(placed: Placed, audience: ChangeAudience, { creatorLists, listId }: Reach): Seen | undefined {
  switch (audience) {
    // A person's own affairs are no business of a receiver.
    case 'user':
      return undefined;
    case 'workspace':
      return listId === null ? 'as_is' : undefined;
    case 'unlimited':
      return listId === null && creatorLists === null ? 'as_is' : undefined;
    case 'list':
    case 'itself':
      return seenIn(placed, listsOf({ creatorLists, listId }));
  }
}

/** undefined: all. */
function listsOf({ creatorLists, listId }: Reach): readonly string[] | undefined {
  if (listId === null) return creatorLists ?? undefined;
  return creatorLists === null || creatorLists.includes(listId) ? [listId] : [];
}

function seenIn({ change, listId, fromListId }: Placed, lists: readonly string[] | undefined): Seen | undefined {
  if (lists === undefined) return 'as_is';
  const isIn = listId !== null && lists.includes(listId);
  const wasIn = fromListId !== null && lists.includes(fromListId);
  if (!isIn && !wasIn) return undefined;
  if (!isIn && change !== 'deleted') return 'deleted';
  return !wasIn && change === 'updated' ? 'created' : 'as_is';
}

/** A thing that moves out shows no values, and one that moves in no former ones. */
export function seenChanges(changes: Changes, seen: Seen): Changes {
  if (seen === 'as_is') return changes;
  if (seen === 'deleted') return {};
  return Object.fromEntries(Object.entries(changes).map(([field, { to }]) => [field, { from: null, to }]));
}
