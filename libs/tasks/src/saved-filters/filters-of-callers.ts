// Filters as their callers mean them, for other modules that ask with each batch of changes: believed for some seconds.
import { Injectable } from '@nestjs/common';
import { DomainError, InvalidInputError, type CallContext, type ModuleContext } from '@mono/contract';
import type { FilterFaultOf, FilterToMatch } from '../../contract/index.js';
import { ReadFilter, type Filter } from '../find-tasks/read-filter.js';
import { SavedFilters } from './saved-filters.js';

const BELIEVED_MS = 5_000;
const REMEMBERED = 1_000;

export type ReadFilterOf = { filter: Filter; fault: null } | { filter: null; fault: FilterFaultOf };

@Injectable()
export class FiltersOfCallers {
  private readonly known = new Map<string, { until: number; read: Promise<ReadFilterOf> }>();

  constructor(
    private readonly saved: SavedFilters,
    private readonly filters: ReadFilter,
  ) {}

  /** @throws UnavailableError */
  of(
    workspaceId: string,
    filter: FilterToMatch,
    { requestId, deadline, signal }: ModuleContext,
  ): Promise<ReadFilterOf> {
    const key = JSON.stringify([
      workspaceId,
      filter.filter,
      filter.filter_id,
      filter.timezone,
      Object.entries(filter.caller),
    ]);
    const now = performance.now();
    const known = this.known.get(key);
    if (known && known.until > now) return known.read;
    const { kind, id, list_ids: listIds } = filter.caller;
    const principal = { kind, id, workspaceId, scopes: ['*'], ...(listIds && { listIds }) };
    const read = this.read({ principal, requestId, deadline, signal, source: 'event' }, filter);
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(key, { until: now + BELIEVED_MS, read });
    read.catch(() => this.known.delete(key));
    return read;
  }

  private async read(call: CallContext, { filter, filter_id: id, timezone }: FilterToMatch): Promise<ReadFilterOf> {
    try {
      const found =
        id === null
          ? await this.filters.read(call, { filter: filter ?? '', timezone: timezone ?? undefined })
          : await this.saved.meaningOf(call, await this.saved.require(call, id), timezone ?? undefined);
      return { filter: found, fault: null };
    } catch (error) {
      if (!(error instanceof DomainError) || !['invalid', 'conflict', 'not_found'].includes(error.kind)) throw error;
      const [issue] = error instanceof InvalidInputError ? (error.details as { issue: string }[]) : [];
      return { filter: null, fault: { code: error.code, message: issue?.issue ?? error.message } };
    }
  }
}
