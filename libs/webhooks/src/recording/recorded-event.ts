// The part of an event that is kept until it is sent. Only fields that clients may see: no address of the actor, no trace, no token.
import type { ChangeKind, Changes, EventBody } from '@mono/contract';
import type { Placed } from './seen-event.js';
import type { PublicEvent } from './public-events.js';

/** The column `event` of a delivery. */
export interface KeptEvent {
  actor: { kind: string; id: string };
  origin: string | null;
  request_id: string;
  occurred_at: string;
  /** Other identifiers of the thing. */
  keys: Record<string, string>;
  /** The names of the changed fields. */
  fields: string[];
  /** null: too large. */
  changes: Changes | null;
}

export interface RecordedEvent extends Placed {
  workspaceId: string;
  eventId: string;
  public: PublicEvent;
  thingId: string;
  version: number;
  change: ChangeKind;
  kept: KeptEvent;
  /** The sequence in the stream of a consumer; undefined for a retried dead letter. */
  place: { consumer: string; sequence: number } | undefined;
}

export type FeatureEvent = EventBody & { workspace_id?: string; origin?: string };

/** @returns undefined for an event of no workspace. */
export function recordedEvent(
  event: FeatureEvent,
  declared: PublicEvent,
  place: RecordedEvent['place'],
  maxBytes: number,
): RecordedEvent | undefined {
  const { workspace_id: workspaceId, changes } = event;
  if (workspaceId === undefined) return undefined;
  const [from, to] = listsOf(event, declared);
  const { thing, change } = declared;
  return {
    workspaceId,
    eventId: event.id,
    public: declared,
    thingId: event.aggregate_id,
    version: event.version,
    change,
    listId: change === 'deleted' ? null : to,
    fromListId: change === 'created' || change === 'restored' ? null : from,
    kept: {
      actor: { kind: event.actor.kind, id: event.actor.id },
      origin: event.origin ?? null,
      request_id: event.request_id,
      occurred_at: event.occurred_at,
      keys: keysOf(event, thing.keys),
      fields: Object.keys(changes),
      changes: Buffer.byteLength(JSON.stringify(changes)) > maxBytes ? null : changes,
    },
    place,
  };
}

/** The lists before and after the change; of a creation and a deletion, the same one. As in the change feed. */
function listsOf(event: FeatureEvent, { thing: { audience } }: PublicEvent): [from: string | null, to: string | null] {
  if (audience === 'itself') return [event.aggregate_id, event.aggregate_id];
  if (audience !== 'list') return [null, null];
  const { list_id: listId, previous_list_id: previous, changes } = event;
  const { from, to } = (changes['list_id'] ?? {}) as { from?: string | null; to?: string | null };
  const after = listId ?? to ?? null;
  if (previous !== undefined) return [previous, after];
  return [from === undefined ? after : from, after];
}

function keysOf(event: FeatureEvent, keys: readonly string[] = []): Record<string, string> {
  const values = event as unknown as Record<string, unknown>;
  return Object.fromEntries(
    keys.flatMap((key) => (typeof values[key] === 'string' ? [[key, values[key]] as const] : [])),
  );
}
