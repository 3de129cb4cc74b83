// How the events of a feature change the things that clients see. The change feed derives from it.
import type { EventContract } from '@mono/bus/contracts';
import type { ModuleContext, Operation } from '../operations/operation.js';
import type { Matching, MatchingQuery } from '../operations/matching.js';
import type { Resources, ResourcesQuery } from '../operations/resources.js';

export type ChangeKind = 'created' | 'updated' | 'deleted' | 'restored';

/**
 * The callers that see the changes of a thing, among those with its scope. Callers that are limited to lists:
 * `list`: see things in their lists, by `list_id` of the event; `itself`: the thing is a list; `workspace`: see all;
 * `unlimited`: see none. `user`: only the user whose id the thing has sees it. `owned`: all see it, or the
 * user alone that `visible_to` of the event names.
 */
export type ChangeAudience = 'list' | 'itself' | 'workspace' | 'unlimited' | 'user' | 'owned';

export interface ChangedThing {
  /** snake_case, as clients see it: `task`. */
  readonly type: string;
  /** Needed to see its changes; null: any caller of the workspace. */
  readonly scope: string | null;
  readonly audience: ChangeAudience;
  /** Fields of the event's body that identify the thing to clients, where its id does not. */
  readonly keys?: readonly string[];
  /** Whether the key `user_id` names whose thing it is: callers that read only their own with the scope see no other changes. */
  readonly personal?: boolean;
  /** Answers the current things to `include=resource`. */
  readonly resources?: Operation<ResourcesQuery, Resources, ModuleContext>;
  /** Answers which things match a `filter`. */
  readonly matching?: Operation<MatchingQuery, Matching, ModuleContext>;
}

/** Events of a feature, and what each of them does to a thing; without a thing they change nothing that clients follow. */
export interface EventChanges {
  readonly thing?: ChangedThing;
  readonly events: readonly { readonly contract: EventContract; readonly change?: ChangeKind }[];
}

/** An event that changes a thing. */
export interface ThingEvent {
  readonly contract: EventContract;
  readonly thing: ChangedThing;
  readonly change: ChangeKind;
}

/** The events that change things. */
export function thingEvents(all: readonly EventChanges[]): ThingEvent[] {
  return all.flatMap(({ thing, events }) =>
    events.flatMap(({ contract, change }) => (thing && change ? [{ contract, thing, change }] : [])),
  );
}

type Events = EventContract | readonly EventContract[];

/** @param events by what they do to the thing. */
export function changesOf(
  type: string,
  thing: Omit<ChangedThing, 'type'>,
  events: Readonly<Partial<Record<ChangeKind, Events>>>,
): EventChanges {
  return {
    thing: { type, ...thing },
    events: Object.entries(events).flatMap(([change, contracts]) =>
      listOf(contracts).map((contract) => ({ contract, change: change as ChangeKind })),
    ),
  };
}

/** Events that the change feed leaves out, such as reminders and sign-ins. */
export function withoutChange(...events: readonly EventContract[]): EventChanges {
  return { events: listOf(events).map((contract) => ({ contract })) };
}

function listOf(events: Events): readonly EventContract[] {
  return (Array.isArray(events) ? events : [events]) as readonly EventContract[];
}
