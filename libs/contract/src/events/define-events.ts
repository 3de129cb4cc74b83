// The events of a module as values: what their owner writes, other modules consume by the same value.
import { defineEvent, type BodyOf, type Class, type EventContract } from '@mono/bus/contracts';

/** Old and new value of each changed field, by its REST name; null for "none". */
export type Changes = Record<string, { from: unknown; to: unknown }>;

/** The JSON body that every event has. An owner says in a subclass what its own events have besides. */
export abstract class EventBody {
  /** UUIDv7; also the message's `Nats-Msg-Id`. The same event delivered again has the same id. */
  id: string;
  /** The name of the event. */
  abstract event: string;
  /** The kind of the aggregate. */
  abstract aggregate: string;
  aggregate_id: string;
  /** The aggregate's version after the change. */
  version: number;
  /** RFC 3339, UTC. */
  occurred_at: string;
  actor: { kind: 'api_key' | 'user' | 'system'; id: string };
  request_id: string;
  changes: Changes;
  /** The list of the aggregate after the change; with a deletion, its last list. */
  list_id?: string | null;
  /** The list before the change, where `changes` does not have it. */
  previous_list_id?: string | null;
  /** The only user who sees an owned aggregate after the change; null: all of the workspace do. */
  visible_to?: string | null;
  /** The same before the change, where that differs. */
  previously_visible_to?: string | null;
  /** W3C, where calls are traced. */
  traceparent?: string;
}

/** The body of an event that belongs into the audit trail. */
export type AuditedBody = EventBody & {
  /** Where the actor spoke from: an address, `nats` or `cli`. */
  source: string;
  workspace_id?: string;
};

export type EventsOf<Classes> = {
  readonly [Name in keyof Classes & string]: Classes[Name] extends Class<infer Body>
    ? EventContract<Body & { event: Name }>
    : never;
};

/**
 * The events of a module, each with the class of its body: `tasksEvents.completed`.
 * @param module kebab-case. @throws TypeError for a name that is not snake_case.
 */
export function defineEvents<const Classes extends Readonly<Record<string, Class<EventBody>>>>(
  module: string,
  classes: Classes,
): EventsOf<Classes> {
  return Object.fromEntries(
    Object.entries(classes).map(([name, event]) => [name, defineEvent({ module, name, event })]),
  ) as unknown as EventsOf<Classes>;
}

/** All events of a module at once, later ones included: `EVENTS_<MODULE>` without a filter. */
export function everyEventOf<const Events extends Readonly<Record<string, EventContract>>>(
  events: Events,
): EventContract<BodyOf<Events[keyof Events]>> {
  const [first] = Object.values(events);
  if (!first) throw new TypeError('Invalid events: expected at least one.');
  const { module, version } = first;
  return defineEvent({ module, version, name: '*', event: Object as unknown as Class<BodyOf<Events[keyof Events]>> });
}
