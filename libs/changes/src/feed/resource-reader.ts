// The current things of changes, as their owners answer them to a caller.
import { Injectable } from '@nestjs/common';
import { Bus } from '@mono/bus';
import { DomainError, MAX_RESOURCES, type ChangedThing } from '@mono/contract';
import { Change } from '../../contract/index.js';
import { ThingTypes } from './thing-types.js';

/** How far the caller reaches. Owners answer alike to all callers who have the scope of the thing, and reach as far. */
export interface Reach {
  workspaceId: string;
  listIds: readonly string[] | undefined;
}

type Owner = NonNullable<ChangedThing['resources']>;
type Read = (thing: Pick<Change, 'type' | 'thing_id'>) => object | null | undefined;

@Injectable()
export class ResourceReader {
  constructor(
    private readonly bus: Bus,
    private readonly types: ThingTypes,
  ) {}

  /**
   * @returns a function that gives the thing of a change: null where it is gone or out of reach, undefined for types that have none.
   * @throws UnavailableError
   */
  async read(changes: readonly Change[], reach: Reach): Promise<Read> {
    const byType = Map.groupBy(changes.filter(isThere), ({ type }) => type);
    const found = new Map<string, Map<string, object>>();
    await Promise.all(
      [...byType].map(async ([type, own]) => {
        const owner = this.types.resourcesOf(type);
        if (!owner) return;
        const ids = [...new Set(own.map(({ thing_id: id }) => id))];
        const batches = Array.from({ length: Math.ceil(ids.length / MAX_RESOURCES) }, (_, batch) =>
          this.ask(owner, ids.slice(batch * MAX_RESOURCES, (batch + 1) * MAX_RESOURCES), reach),
        );
        const items = (await Promise.all(batches)).flat();
        found.set(type, new Map(items.map((item) => [item.id, item])));
      }),
    );
    return ({ type, thing_id: id }) => found.get(type) && (found.get(type)?.get(id) ?? null);
  }

  /** Halves a batch whose answer is too large for a message. */
  private async ask(owner: Owner, ids: string[], { workspaceId, listIds }: Reach): Promise<{ id: string }[]> {
    try {
      const query = { workspace_id: workspaceId, ids, list_ids: listIds ? [...listIds] : null };
      return (await this.bus.request(owner, query)).items;
    } catch (error) {
      const isTooLarge = error instanceof DomainError && error.kind === 'payload_too_large';
      if (!isTooLarge || ids.length === 1) throw error;
    }
    const half = Math.ceil(ids.length / 2);
    const halves = [ids.slice(0, half), ids.slice(half)];
    return (await Promise.all(halves.map((some) => this.ask(owner, some, { workspaceId, listIds })))).flat();
  }
}

/** The changes as `read` completes them. */
export function withResources(changes: readonly Change[], read: Read): Change[] {
  return changes.map((change) => {
    const resource = isThere(change) ? read(change) : undefined;
    return resource === undefined ? change : Object.assign(new Change(), change, { resource });
  });
}

function isThere({ change }: Change): boolean {
  return change !== 'deleted';
}
