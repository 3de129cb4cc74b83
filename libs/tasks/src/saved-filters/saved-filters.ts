// The saved filters that a caller sees, and what they mean to the caller.
import { Injectable } from '@nestjs/common';
import { InvalidInputError, type CallContext, type Principal } from '@mono/contract';
import { Database, type Executor } from '@mono/platform';
import { tasksErrors } from '../../contract/index.js';
import { ReadFilter, type Filter } from '../find-tasks/read-filter.js';
import { SavedFilterStore, type FilterReader, type FilterRow } from './saved-filter.store.js';

@Injectable()
export class SavedFilters {
  constructor(
    private readonly database: Database,
    private readonly store: SavedFilterStore,
    private readonly filters: ReadFilter,
  ) {}

  /** @throws DomainError `filter_not_found`. */
  async require({ principal }: CallContext, id: string, on: Executor = this.database): Promise<FilterRow> {
    const row = await this.store.find(on, readerOf(principal), id);
    if (!row) throw tasksErrors.filter_not_found({ id });
    return row;
  }

  /** @throws DomainError `filter_not_usable` where it names what does not exist for the caller. */
  async meaningOf(call: CallContext, { id, filter }: FilterRow, timezone?: string): Promise<Filter> {
    try {
      return await this.filters.read(call, { filter, timezone });
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      const [fault] = error.details as { issue: string }[];
      throw tasksErrors.filter_not_usable({ id, issue: fault?.issue ?? error.message }, { cause: error });
    }
  }
}

/** Shared filters name lists and members that a caller limited to lists must not see. */
export function readerOf({ kind, id, workspaceId, listIds }: Principal): FilterReader {
  return { workspaceId, userId: kind === 'user' ? id : null, seesShared: listIds === undefined };
}
