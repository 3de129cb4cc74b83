// The part of an event that is kept until it is sent. Only fields that clients may see: no address of the actor, no trace, no token.
import { keysOf, placedChange, type Changes, type FeatureEvent, type PlacedChange } from '@mono/contract';
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

export interface RecordedEvent extends PlacedChange {
  workspaceId: string;
  eventId: string;
  public: PublicEvent;
  thingId: string;
  version: number;
  kept: KeptEvent;
  /** All of them, also large ones. */
  changes: Changes;
  /** The sequence in the stream of a consumer; undefined for a retried dead letter. */
  place: { consumer: string; sequence: number } | undefined;
}

/** @returns undefined for an event of no workspace. */
export function recordedEvent(
  event: FeatureEvent,
  declared: PublicEvent,
  place: RecordedEvent['place'],
  maxBytes: number,
): RecordedEvent | undefined {
  const { workspace_id: workspaceId, changes } = event;
  if (workspaceId === undefined) return undefined;
  const { thing, change } = declared;
  return {
    workspaceId,
    eventId: event.id,
    public: declared,
    thingId: event.aggregate_id,
    version: event.version,
    ...placedChange(event, thing, change),
    kept: {
      actor: { kind: event.actor.kind, id: event.actor.id },
      origin: event.origin ?? null,
      request_id: event.request_id,
      occurred_at: event.occurred_at,
      keys: keysOf(event, thing),
      fields: Object.keys(changes),
      changes: Buffer.byteLength(JSON.stringify(changes)) > maxBytes ? null : changes,
    },
    changes,
    place,
  };
}
