// The row of the feed that an event becomes. It depends on nothing but the event, so that the order of arrival does not matter.
import type { ChangedThing, ChangeKind, EventBody } from '@mono/contract';

export interface NewChange {
  workspace_id: string;
  event_id: string;
  type: string;
  thing_id: string;
  change: ChangeKind;
  version: number;
  /** After the change; null for what is in no list, and for what is deleted. */
  list_id: string | null;
  /** Before the change; null for what was in no list, and for what is created. */
  from_list_id: string | null;
  fields: string[];
  keys: Record<string, string>;
  actor_kind: string;
  actor_id: string;
  origin: string | null;
  request_id: string;
  occurred_at: string;
}

export type FeedEvent = EventBody & { workspace_id?: string; origin?: string };

/** @returns undefined for an event of no workspace. */
export function rowOf(event: FeedEvent, thing: ChangedThing, change: ChangeKind): NewChange | undefined {
  const { workspace_id: workspaceId, actor, changes } = event;
  if (workspaceId === undefined) return undefined;
  const [from, to] = listsOf(event, thing);
  return {
    workspace_id: workspaceId,
    event_id: event.id,
    type: thing.type,
    thing_id: event.aggregate_id,
    change,
    version: event.version,
    list_id: change === 'deleted' ? null : to,
    from_list_id: change === 'created' || change === 'restored' ? null : from,
    fields: Object.keys(changes),
    keys: keysOf(event, thing),
    actor_kind: actor.kind,
    actor_id: actor.id,
    origin: event.origin ?? null,
    request_id: event.request_id,
    occurred_at: event.occurred_at,
  };
}

/** The lists before and after the change; of a creation and a deletion, the same one. */
function listsOf(event: FeedEvent, { audience }: ChangedThing): [from: string | null, to: string | null] {
  if (audience === 'itself') return [event.aggregate_id, event.aggregate_id];
  if (audience !== 'list') return [null, null];
  const { list_id: listId, previous_list_id: previous, changes } = event;
  const { from, to } = (changes['list_id'] ?? {}) as { from?: string | null; to?: string | null };
  const after = listId ?? to ?? null;
  if (previous !== undefined) return [previous, after];
  return [from === undefined ? after : from, after];
}

function keysOf(event: FeedEvent, { keys = [] }: ChangedThing): Record<string, string> {
  const values = event as unknown as Record<string, unknown>;
  return Object.fromEntries(
    keys.flatMap((key) => (typeof values[key] === 'string' ? [[key, values[key]] as const] : [])),
  );
}
