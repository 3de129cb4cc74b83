// Where a change takes place, and how callers that are limited to lists see it. The change feed and webhooks decide by it.
import type { EventBody } from './define-events.js';
import type { ChangedThing, ChangeKind } from './event-changes.js';

export type FeatureEvent = EventBody & { workspace_id?: string; origin?: string };

/** A change of a thing, with its list before and after. */
export interface PlacedChange {
  change: ChangeKind;
  /** After the change; null for what is in no list, and for what is deleted. */
  listId: string | null;
  /** Before the change; null for what was in no list, and for what is created. */
  fromListId: string | null;
}

/** `as_is`: as it happened. */
export type SeenAs = 'as_is' | 'created' | 'deleted';

export function placedChange(event: FeatureEvent, thing: ChangedThing, change: ChangeKind): PlacedChange {
  const [from, to] = listsOf(event, thing);
  return {
    change,
    listId: change === 'deleted' ? null : to,
    fromListId: change === 'created' || change === 'restored' ? null : from,
  };
}

/**
 * The lists before and after the change; of a creation and a deletion, the same one. For an owned thing, the user who sees it
 * alone, or the workspace.
 */
function listsOf(event: FeatureEvent, { audience }: ChangedThing): [from: string | null, to: string | null] {
  if (audience === 'itself') return [event.aggregate_id, event.aggregate_id];
  if (audience === 'owned') {
    const { workspace_id: all = null, visible_to: after = null, previously_visible_to: before = after } = event;
    return [before ?? all, after ?? all];
  }
  if (audience !== 'list') return [null, null];
  const { list_id: listId, previous_list_id: previous, changes } = event;
  const { from, to } = (changes['list_id'] ?? {}) as { from?: string | null; to?: string | null };
  const after = listId ?? to ?? null;
  if (previous !== undefined) return [previous, after];
  return [from === undefined ? after : from, after];
}

/**
 * A thing that moves out of the lists is deleted, one that moves into them is created.
 * @returns undefined for a change outside of the lists.
 */
export function seenInLists(
  { change, listId, fromListId }: PlacedChange,
  lists: readonly string[],
): SeenAs | undefined {
  const isIn = listId !== null && lists.includes(listId);
  const wasIn = fromListId !== null && lists.includes(fromListId);
  if (!isIn && !wasIn) return undefined;
  if (!isIn && change !== 'deleted') return 'deleted';
  return !wasIn && change === 'updated' ? 'created' : 'as_is';
}

/** The identifiers of the thing beside its id, by the fields that its feature declares. */
export function keysOf(event: FeatureEvent, { keys = [] }: ChangedThing): Record<string, string> {
  const values = event as unknown as Record<string, unknown>;
  return Object.fromEntries(
    keys.flatMap((key) => (typeof values[key] === 'string' ? [[key, values[key]] as const] : [])),
  );
}
