// The row of the feed that an event becomes. It depends on nothing but the event, so that the order of arrival does not matter.
import { keysOf, placedChange, type ChangedThing, type ChangeKind, type FeatureEvent } from '@mono/contract';
import type { FeedRow } from '../../contract/index.js';

/** A row that has no position yet. */
export interface NewChange extends Omit<FeedRow, 'position'> {
  workspace_id: string;
}

/** @returns undefined for an event of no workspace. */
export function rowOf(event: FeatureEvent, thing: ChangedThing, change: ChangeKind): NewChange | undefined {
  const { workspace_id: workspaceId, actor, changes } = event;
  if (workspaceId === undefined) return undefined;
  const { listId, fromListId } = placedChange(event, thing, change);
  return {
    workspace_id: workspaceId,
    event_id: event.id,
    type: thing.type,
    thing_id: event.aggregate_id,
    change,
    version: event.version,
    list_id: listId,
    from_list_id: fromListId,
    fields: Object.keys(changes),
    keys: keysOf(event, thing),
    actor_kind: actor.kind,
    actor_id: actor.id,
    origin: event.origin ?? null,
    request_id: event.request_id,
    occurred_at: event.occurred_at,
  };
}
