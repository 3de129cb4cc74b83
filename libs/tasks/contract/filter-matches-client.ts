// Matches changes of tasks with filters, in messages that are not too large.
import type { Requester } from '@mono/contract';
import {
  filterMatchesOperations,
  MAX_MATCHED_CHANGES,
  MAX_MATCHED_FILTERS,
  type ChangeToMatch,
  type FilterToMatch,
  type MatchedChanges,
} from './filter-matches.js';

/** The size of the changes of one message: below a megabyte, which is the default limit of a nats-server. */
const MAX_BYTES = 512 * 1024;
/** The fields that filters read, and those that say when a task is due. */
const FIELDS = new Set([
  'title',
  'description',
  'status',
  'priority',
  'tags',
  'assignee_id',
  'list_id',
  'parent_id',
  'template_id',
  'due_at',
  'due_on',
  'starts_on',
  'timezone',
  'estimated_duration',
]);

export class FilterMatchesClient {
  constructor(private readonly bus: Requester) {}

  /** @returns by the places of the filters: the places of the changes that match. @throws UnavailableError */
  async matchChanges(
    workspaceId: string,
    filters: readonly FilterToMatch[],
    changes: readonly ChangeToMatch[],
  ): Promise<MatchedChanges[]> {
    const results: MatchedChanges[] = [];
    for (let from = 0; from < filters.length; from += MAX_MATCHED_FILTERS)
      results.push(...(await this.matchSome(workspaceId, filters.slice(from, from + MAX_MATCHED_FILTERS), changes)));
    return results;
  }

  private async matchSome(
    workspace_id: string,
    filters: FilterToMatch[],
    changes: readonly ChangeToMatch[],
  ): Promise<MatchedChanges[]> {
    const results: MatchedChanges[] = filters.map(() => ({ fault: null, matching: [] }));
    for (const part of partsOf(changes)) {
      const body = { workspace_id, filters, changes: part.map(({ change }) => change) };
      const answer = await this.bus.request(filterMatchesOperations.matchChanges, body);
      for (const [index, { fault, matching }] of answer.results.entries()) {
        const result = results[index];
        if (!result) continue;
        result.fault ??= fault;
        result.matching.push(...matching.flatMap((place) => part[place]?.place ?? []));
      }
    }
    return results;
  }
}

interface Placed {
  place: number;
  change: ChangeToMatch;
}

/** At least one part. The changes of a task stay together, as each has the values before it. */
function partsOf(changes: readonly ChangeToMatch[]): Placed[][] {
  const placed = changes.map((change, place) => ({ place, change: trimmed(change) }));
  const parts: Placed[][] = [[]];
  let room = MAX_BYTES;
  for (const ofTask of Map.groupBy(placed, ({ change }) => change.task_id).values()) {
    const bytes = Buffer.byteLength(JSON.stringify(ofTask));
    const last = parts.at(-1) ?? [];
    if (last.length > 0 && (bytes > room || last.length + ofTask.length > MAX_MATCHED_CHANGES)) {
      parts.push([]);
      room = MAX_BYTES;
    }
    parts.at(-1)?.push(...ofTask);
    room -= bytes;
  }
  return parts;
}

function trimmed({ task_id, version, occurred_at, changes }: ChangeToMatch): ChangeToMatch {
  const known = Object.entries(changes).filter(([field]) => FIELDS.has(field));
  return { task_id, version, occurred_at, changes: Object.fromEntries(known) };
}
