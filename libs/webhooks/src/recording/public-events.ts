// The events that webhooks may send: those that change things, by the declarations of the features. Sign-ins, reminders and what
// is a user's, also if it is shared, are not among them.
import { Injectable } from '@nestjs/common';
import type { EventContract } from '@mono/bus';
import { hasScope, thingEvents, type ChangedThing, type Principal, type SeenAs, type ThingEvent } from '@mono/contract';
import { FeatureEvents } from '@mono/platform';

export interface PublicEvent extends ThingEvent {
  /** `tasks.completed` */
  type: string;
}

@Injectable()
export class PublicEvents {
  readonly all: readonly PublicEvent[];
  private readonly byType: ReadonlyMap<string, PublicEvent>;
  /** By thing and change. */
  private readonly typesOfChanges = new Map<string, string>();
  private readonly things: ReadonlyMap<string, ChangedThing>;

  constructor({ all }: FeatureEvents) {
    this.all = thingEvents(all)
      .filter(({ thing }) => thing.audience !== 'user' && thing.audience !== 'owned')
      .map(({ contract, thing, change }) => ({ type: typeOf(contract), contract, thing, change }));
    this.byType = new Map(this.all.map((event) => [event.type, event]));
    this.things = new Map(this.all.map(({ thing }) => [thing.type, thing]));
    for (const { thing, change, type } of this.all) {
      const key = `${thing.type} ${change}`;
      if (!this.typesOfChanges.has(key)) this.typesOfChanges.set(key, type);
    }
  }

  get types(): readonly string[] {
    return [...this.byType.keys()].toSorted();
  }

  find(type: string): PublicEvent | undefined {
    return this.byType.get(type);
  }

  thing(type: string): ChangedThing | undefined {
    return this.things.get(type);
  }

  /** The type under which a receiver gets the event. */
  seenType({ type, thing }: Pick<PublicEvent, 'type' | 'thing'>, seen: SeenAs): string {
    return seen === 'as_is' ? type : (this.typesOfChanges.get(`${thing.type} ${seen}`) ?? type);
  }
}

/** Whether the caller has the scope that the changes of the thing need. */
export function mayRead(principal: Pick<Principal, 'scopes'>, { scope }: ChangedThing): boolean {
  return scope === null || hasScope(principal as Principal, scope);
}

function typeOf({ module, name }: EventContract): string {
  return `${module}.${name}`;
}
