// The things of the feed, and whose callers see their changes. All of it derives from the declarations of the features.
import { Injectable } from '@nestjs/common';
import { hasScope, InvalidInputError, readsOnlyOf, type ChangedThing, type Principal } from '@mono/contract';
import { FeatureEvents } from '@mono/platform';
import type { VisibleRows } from '../../contract/index.js';
import type { TokenScope } from './token.js';

/** The types of a caller, by how its rows are filtered. */
export type Visible = Pick<VisibleRows, keyof VisibleRows>;

@Injectable()
export class ThingTypes {
  private readonly things: ReadonlyMap<string, ChangedThing>;

  constructor(events: FeatureEvents) {
    this.things = new Map(events.all.flatMap(({ thing }) => (thing ? [[thing.type, thing] as const] : [])));
  }

  /** @throws InvalidInputError for a type that no feature declares. */
  requireTypes(types: readonly string[]): void {
    const unknown = types.find((type) => !this.things.has(type));
    if (unknown === undefined) return;
    const known = [...this.things.keys()].toSorted().join(', ');
    throw new InvalidInputError([{ field: 'types', code: 'not_one_of', issue: `each item must be one of ${known}` }]);
  }

  /** The operation that answers the things of the type, where it has one. */
  resourcesOf(type: string): ChangedThing['resources'] {
    return this.things.get(type)?.resources;
  }

  /** The operation that answers which things of the type match a filter, where it has one. */
  matchingOf(type: string): ChangedThing['matching'] {
    return this.things.get(type)?.matching;
  }

  /** The types whose things filters find. */
  get filterable(): string[] {
    return [...this.things.values()].flatMap(({ type, matching }) => (matching ? [type] : []));
  }

  /** All rows of the types that this node knows. */
  get all(): Visible {
    return { open: [...this.things.keys()], listed: [], lists: [], own: [], userId: null };
  }

  visibleTo(principal: Principal, { types, listId }: Pick<TokenScope, 'types' | 'listId'>): Visible {
    const seen = [...this.things.values()].filter(
      ({ type, scope }) => (types?.includes(type) ?? true) && (scope === null || hasScope(principal, scope)),
    );
    const { listIds } = principal;
    const lists = listId === undefined ? listIds : listIds === undefined || listIds.includes(listId) ? [listId] : [];
    const only = (...audiences: ChangedThing['audience'][]): string[] =>
      seen.filter(({ audience }) => audiences.includes(audience)).map(({ type }) => type);
    const whole = listId === undefined;
    const personal = seen.filter(
      (thing) => thing.personal && thing.scope !== null && readsOnlyOf(principal, thing.scope) !== undefined,
    );
    return {
      open: [
        ...(whole ? only('workspace') : []),
        ...(whole && listIds === undefined ? only('unlimited') : []),
        ...(lists === undefined ? only('list', 'itself') : []),
      ],
      listed: lists === undefined ? [] : only('list', 'itself'),
      lists: lists ?? [],
      own: whole ? only(...(principal.kind === 'user' ? (['user', 'owned'] as const) : (['owned'] as const))) : [],
      // A node of the previous release refuses it.
      ...(personal.length > 0 && { personal: personal.map(({ type }) => type) }),
      userId: principal.kind === 'user' ? principal.id : null,
    };
  }
}
