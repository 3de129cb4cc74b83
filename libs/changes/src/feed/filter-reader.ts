// The changes of a reader with a filter: things that do not match now are shown as deleted.
import { Injectable } from '@nestjs/common';
import { Bus } from '@mono/bus';
import {
  InvalidInputError,
  MAX_MATCHED_THINGS,
  type ChangedThing,
  type FilterFaultOf,
  type FilterToMatch,
} from '@mono/contract';
import { Change, changesErrors } from '../../contract/index.js';
import type { FeedView } from './feed-views.js';
import { ThingTypes } from './thing-types.js';

type Owner = NonNullable<ChangedThing['matching']>;

@Injectable()
export class FilterReader {
  constructor(
    private readonly bus: Bus,
    private readonly types: ThingTypes,
  ) {}

  /** @throws InvalidInputError; DomainError `filter_not_found`, `filter_not_usable`. */
  async requireUsable({ filter, scope }: FeedView): Promise<void> {
    if (!filter) return;
    for (const type of this.types.filterable) {
      const owner = this.types.matchingOf(type);
      if (owner) await this.ask(owner, scope.workspaceId, filter, []);
    }
  }

  /**
   * Asks once per batch. @returns a function that gives a change as the reader sees it.
   * @throws as requireUsable; UnavailableError.
   */
  async read(changes: readonly Change[], { filter, scope }: FeedView): Promise<(change: Change) => Change> {
    if (!filter) return (change) => change;
    const present = changes.filter(isThere);
    const matching = new Set<string>();
    for (const [type, own] of Map.groupBy(present, (change) => change.type)) {
      const owner = this.types.matchingOf(type);
      if (!owner) continue;
      const ids = [...new Set(own.map(({ thing_id: id }) => id))];
      for (let from = 0; from < ids.length; from += MAX_MATCHED_THINGS)
        for (const id of await this.ask(owner, scope.workspaceId, filter, ids.slice(from, from + MAX_MATCHED_THINGS)))
          matching.add(id);
    }
    return (change) => (isThere(change) && !matching.has(change.thing_id) ? asDeleted(change) : change);
  }

  private async ask(owner: Owner, workspace_id: string, filter: FilterToMatch, ids: string[]): Promise<string[]> {
    const answer = await this.bus.request(owner, { workspace_id, filter, ids });
    if (answer.fault) throw errorOf(answer.fault, filter);
    return answer.ids;
  }
}

function isThere({ change }: Change): boolean {
  return change !== 'deleted';
}

function asDeleted(change: Change): Change {
  return Object.assign(new Change(), change, { change: 'deleted', fields: [] });
}

function errorOf({ code, message }: FilterFaultOf, { filter_id: id }: FilterToMatch): Error {
  if (id === null) return new InvalidInputError([{ field: 'filter', code: 'wrong_format', issue: message }]);
  return code === 'filter_not_found'
    ? changesErrors.filter_not_found({ id })
    : changesErrors.filter_not_usable({ id, issue: message });
}
