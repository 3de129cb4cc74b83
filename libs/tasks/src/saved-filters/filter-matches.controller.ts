// Matches changes and tasks with filters, for webhooks and the change feed.
import { Controller } from '@nestjs/common';
import type { InputOf, Matching, ModuleContext } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import {
  filterMatchesOperations as operations,
  type ChangesMatched,
  type FilterToMatch,
} from '../../contract/index.js';
import type { FilterableTask } from '../domain/filter/filter.js';
import { matches } from '../domain/filter/matches.js';
import { sidesOf, type KnownTask, type Sides } from '../domain/filter/task-history.js';
import { filterConditions, statusesOf } from '../find-tasks/filter-conditions.js';
import { Parameters } from '../find-tasks/parameters.js';
import { literals } from '../persistence/literals.js';
import type { Filter } from '../find-tasks/read-filter.js';
import { reachConditions } from '../find-tasks/task-filter.js';
import { FiltersOfCallers } from './filters-of-callers.js';
import { KnownTasks, UNKNOWN_TASK } from './known-tasks.js';

type Changes = InputOf<typeof operations.matchChanges>['changes'];

@Controller()
export class FilterMatchesController {
  constructor(
    private readonly database: Database,
    private readonly tasks: KnownTasks,
    private readonly filters: FiltersOfCallers,
  ) {}

  @Operation(operations.matchChanges)
  async matchChanges(
    { workspace_id, filters, changes }: InputOf<typeof operations.matchChanges>,
    call: ModuleContext,
  ): Promise<ChangesMatched> {
    const read = await Promise.all(filters.map((filter) => this.filters.of(workspace_id, filter, call)));
    const sides = read.some(({ filter }) => filter) ? await this.sidesOf(workspace_id, changes) : [];
    const results = read.map(({ filter, fault }) => {
      if (!filter) return { fault, matching: [] };
      return { fault, matching: [...changes.keys()].filter((place) => matchesEither(filter, sides[place])) };
    });
    return { results };
  }

  @Operation(operations.matchTasks)
  async matchTasks(
    { workspace_id, filter, ids }: InputOf<typeof operations.matchTasks>,
    call: ModuleContext,
  ): Promise<Matching> {
    const read = await this.filters.of(workspace_id, filter, call);
    if (!read.filter) return { fault: read.fault, ids: [] };
    return { fault: null, ids: ids.length === 0 ? [] : await this.matching(workspace_id, filter, read.filter, ids) };
  }

  private async sidesOf(workspaceId: string, changes: Changes): Promise<(Sides & { atMs: number })[]> {
    const byTask = Map.groupBy(changes.keys(), (place) => changes[place]?.task_id ?? '');
    const known = await this.tasks.read(workspaceId, [...byTask.keys()]);
    const last = [...byTask].flatMap(([id, places]) => {
      const latest = places.flatMap((place) => changes[place] ?? []).toSorted((a, b) => b.version - a.version)[0];
      return latest && latest.version !== known.get(id)?.version ? [latest] : [];
    });
    const newer = Map.groupBy(await this.tasks.newer(workspaceId, last), ({ task_id: id }) => id);
    const sides: (Sides & { atMs: number })[] = [];
    for (const [id, places] of byTask) {
      const own = places.flatMap((place) => changes[place] ?? []);
      const found = sidesOf(known.get(id)?.task ?? UNKNOWN_TASK, [...own, ...(newer.get(id) ?? [])]);
      for (const [index, place] of places.entries()) {
        const side = found[index];
        if (side) sides[place] = { ...side, atMs: Date.parse(own[index]?.occurred_at ?? '') };
      }
    }
    return sides;
  }

  private async matching(
    workspaceId: string,
    { caller }: FilterToMatch,
    { node, meaning }: Filter,
    ids: readonly string[],
  ): Promise<string[]> {
    const filter = { node, meaning: { ...meaning, clock: { ...meaning.clock, nowMs: Date.now() } } };
    const statuses = statusesOf(filter);
    if (statuses.length === 0) return [];
    const parameters = new Parameters();
    const conditions = [
      ...reachConditions({ workspaceId, listIds: caller.list_ids ?? undefined }, parameters),
      `t.id = ANY(${parameters.add(ids)}::uuid[])`,
      `t.status IN (${literals([...statuses])})`,
      ...filterConditions(filter, { workspaceId, parameters }),
    ];
    const rows = await this.database.query<{ id: string }>(
      `SELECT t.id FROM tasks.task t WHERE ${conditions.join(' AND ')}`,
      parameters.values,
    );
    return rows.map(({ id }) => id);
  }
}

/** Dates are relative to the change. */
function matchesEither({ node, meaning }: Filter, sides: (Sides & { atMs: number }) | undefined): boolean {
  if (!sides) return false;
  const filter = { node, meaning: { ...meaning, clock: { ...meaning.clock, nowMs: sides.atMs } } };
  const statuses: readonly (string | null)[] = statusesOf(filter);
  const isMatch = (task: KnownTask): boolean =>
    statuses.includes(task.status) && matches(node, task as FilterableTask, filter.meaning);
  return isMatch(sides.after) || isMatch(sides.before);
}
