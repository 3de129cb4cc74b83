// Filters as their callers mean them, for other modules that ask with each batch of changes. The meaning of a text is believed for some
// seconds; whether a saved filter exists, and its text, are read each time.
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
  private readonly known = new Map<string, { until: number; read: Promise<Filter> }>();

  constructor(
    private readonly saved: SavedFilters,
    private readonly filters: ReadFilter,
  ) {}

  /** @throws UnavailableError */
  async of(
    workspaceId: string,
    filter: FilterToMatch,
    { requestId, deadline, signal }: ModuleContext,
  ): Promise<ReadFilterOf> {
    const { kind, id, list_ids: listIds } = filter.caller;
    const principal = { kind, id, workspaceId, scopes: ['*'], ...(listIds && { listIds }) };
    try {
      const found = await this.find({ principal, requestId, deadline, signal, source: 'event' }, filter);
      return { filter: found, fault: null };
    } catch (error) {
      if (!(error instanceof DomainError) || !['invalid', 'conflict', 'not_found'].includes(error.kind)) throw error;
      const [issue] = error instanceof InvalidInputError ? (error.details as { issue: string }[]) : [];
      return { filter: null, fault: { code: error.code, message: issue?.issue ?? error.message } };
    }
  }

  private async find(call: CallContext, { filter, filter_id: id, timezone, caller }: FilterToMatch): Promise<Filter> {
    const zone = timezone ?? undefined;
    const saved = id === null ? undefined : await this.saved.require(call, id);
    const text = saved?.filter ?? filter ?? '';
    const key = JSON.stringify([call.principal.workspaceId, text, id, timezone, Object.entries(caller)]);
    return this.remembered(key, () =>
      saved ? this.saved.meaningOf(call, saved, zone) : this.filters.read(call, { filter: text, timezone: zone }),
    );
  }

  /** Faults are not remembered: a filter works as soon as what it names exists. */
  private remembered(key: string, read: () => Promise<Filter>): Promise<Filter> {
    const now = performance.now();
    const known = this.known.get(key);
    if (known && known.until > now) return known.read;
    const reading = read();
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(key, { until: now + BELIEVED_MS, read: reading });
    reading.catch(() => this.known.delete(key));
    return reading;
  }
}
