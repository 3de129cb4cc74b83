// An event as a receiver sees it that is limited to lists: a thing that moves out of them is deleted, one that moves into them
// is created. The change feed shows them in the same way.
import { seenInLists, type ChangeAudience, type Changes, type PlacedChange, type SeenAs } from '@mono/contract';

/** How far a webhook reaches. */
export interface Reach {
  /** The lists that the creator is limited to; null: all. */
  creatorLists: readonly string[] | null;
  /** The list that the webhook is limited to; null: none. */
  listId: string | null;
}

/** @returns undefined if the webhook may not show it. */
export function seenBy(
  placed: PlacedChange,
  audience: ChangeAudience,
  { creatorLists, listId }: Reach,
): SeenAs | undefined {
  switch (audience) {
    // A person's own affairs are no business of a receiver.
    case 'user':
    case 'owned':
      return undefined;
    case 'workspace':
      return listId === null ? 'as_is' : undefined;
    case 'unlimited':
      return listId === null && creatorLists === null ? 'as_is' : undefined;
    case 'list':
    case 'itself':
      return seenWithin(placed, listsOf({ creatorLists, listId }));
  }
}

/** undefined: all. */
function listsOf({ creatorLists, listId }: Reach): readonly string[] | undefined {
  if (listId === null) return creatorLists ?? undefined;
  return creatorLists === null || creatorLists.includes(listId) ? [listId] : [];
}

function seenWithin(placed: PlacedChange, lists: readonly string[] | undefined): SeenAs | undefined {
  return lists === undefined ? 'as_is' : seenInLists(placed, lists);
}

/** A thing that moves out shows no values, and one that moves in no former ones. */
export function seenChanges(changes: Changes, seen: SeenAs): Changes {
  if (seen === 'as_is') return changes;
  if (seen === 'deleted') return {};
  return Object.fromEntries(Object.entries(changes).map(([field, { to }]) => [field, { from: null, to }]));
}
