// The use cases of saved filters.
import { Controller } from '@nestjs/common';
import {
  buildPage,
  InvalidInputError,
  type FaultCode,
  readPageRequest,
  requireVersion,
  type CallContext,
  type InputOf,
} from '@mono/contract';
import { Database, once, Operation, RetryingDatabase, type Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import {
  filtersOperations as operations,
  MAX_PERSONAL_FILTERS,
  MAX_SHARED_FILTERS,
  TaskQuery,
  tasksErrors,
  type CreateFilter,
  type FilterPage,
  type FilterTasksQuery,
  type SavedFilter,
  type TaskPage,
} from '../../contract/index.js';
import { positionOfNew } from '../domain/position.js';
import { requireWholeWorkspace } from '../domain/reach.js';
import { FindTasks } from '../find-tasks/find-tasks.js';
import { ReadFilter } from '../find-tasks/read-filter.js';
import { Includes } from '../includes/includes.js';
import { FormerMembers } from '../tasks/former-members.js';
import type { Neighbour } from '../tasks/placement.js';
import { filterChanges, FilterEvents } from './filter-events.js';
import { PersonalFilters } from './personal-filters.js';
import { SavedFilterStore, toSavedFilter, type FilterFields, type FilterRow } from './saved-filter.store.js';
import { readerOf, SavedFilters } from './saved-filters.js';

const DEFAULTS = { order_by: 'created_at', order_dir: 'asc', group_by: null, view: 'list', color: null } as const;
const WHOLE = 'a saved filter is for all of them';

@Controller()
export class SavedFiltersController {
  constructor(
    private readonly database: Database,
    private readonly writes: RetryingDatabase,
    private readonly store: SavedFilterStore,
    private readonly saved: SavedFilters,
    private readonly personal: PersonalFilters,
    private readonly events: FilterEvents,
    private readonly filters: ReadFilter,
    private readonly finder: FindTasks,
    private readonly includes: Includes,
    private readonly formerMembers: FormerMembers,
  ) {}

  @Operation(operations.createFilter)
  async createFilter(input: InputOf<typeof operations.createFilter>, call: CallContext): Promise<SavedFilter> {
    const { principal } = call;
    requireWholeWorkspace(principal, WHOLE);
    const { before, after, ...given } = input;
    const visibility = given.visibility ?? (principal.kind === 'user' ? 'personal' : 'shared');
    const ownerId = principal.kind === 'user' ? principal.id : null;
    requireOwner(call, visibility, ownerId);
    const work = async (on: Executor): Promise<SavedFilter> => {
      await this.filters.requireValid(call, given.filter);
      return this.personal.writing(on, call, visibility === 'personal', async (transaction) => {
        await this.store.lock(transaction, principal.workspaceId);
        const id = uuidv7();
        const position = (await this.positionAt(transaction, call, { before, after })) ?? positionOfNew(id);
        const fields = { ...DEFAULTS, ...given, visibility, position };
        const filter = { ...fields, id, workspace_id: principal.workspaceId, owner_id: ownerId };
        await this.requireRoom(transaction, filter);
        const row = await this.store.insert(transaction, filter);
        await this.events.add(transaction, call, undefined, row);
        return toSavedFilter(row);
      });
    };
    return this.formerMembers.settled(call.requestId, () =>
      once(this.writes, operations.createFilter, call, input, work),
    );
  }

  @Operation(operations.findFilters)
  async findFilters(query: InputOf<typeof operations.findFilters>, { principal }: CallContext): Promise<FilterPage> {
    const reader = readerOf(principal);
    const request = readPageRequest(query, ['text', 'uuid'], { ...reader });
    const rows = await this.store.page(this.database, reader, request);
    const total = request.countsExactly ? await this.store.count(this.database, reader) : undefined;
    return buildPage(request, { rows, item: toSavedFilter, key: ({ position, id }) => [position, id], total });
  }

  @Operation(operations.getFilter)
  async getFilter({ id }: InputOf<typeof operations.getFilter>, call: CallContext): Promise<SavedFilter> {
    return toSavedFilter(await this.saved.require(call, id));
  }

  @Operation(operations.updateFilter)
  updateFilter({ id, patch }: InputOf<typeof operations.updateFilter>, call: CallContext): Promise<SavedFilter> {
    return this.change(call, id, patch);
  }

  @Operation(operations.replaceFilter)
  replaceFilter({ id, ...fields }: InputOf<typeof operations.replaceFilter>, call: CallContext): Promise<SavedFilter> {
    return this.change(call, id, { ...DEFAULTS, ...fields });
  }

  @Operation(operations.deleteFilter)
  deleteFilter({ id }: InputOf<typeof operations.deleteFilter>, call: CallContext): Promise<void> {
    return this.writes.transaction(async (on) => {
      const row = await this.lock(on, call, id);
      await this.store.delete(on, row);
      await this.events.add(on, call, row, undefined);
    });
  }

  @Operation(operations.findTasksOfFilter)
  async findTasksOfFilter(
    { id, ...query }: InputOf<typeof operations.findTasksOfFilter>,
    call: CallContext,
  ): Promise<TaskPage> {
    const row = await this.saved.require(call, id);
    const filter = await this.saved.meaningOf(call, row, query.timezone);
    const asked = Object.assign(new TaskQuery(), query, orderOf(row, query), { filter: row.filter });
    return this.includes.page(call, asked, () => this.finder.findTasks(call, asked, filter));
  }

  private async change(call: CallContext, id: string, given: Partial<CreateFilter>): Promise<SavedFilter> {
    const { before, after, ...fields } = given;
    if (fields.filter !== undefined) await this.filters.requireValid(call, fields.filter);
    const work = async (on: Executor): Promise<SavedFilter> => {
      const row = await this.lock(on, call, id);
      const position = (await this.positionAt(on, call, { before, after }, id)) ?? row.position;
      const changed: FilterFields = { ...row, ...fields, position };
      if (changed.visibility !== row.visibility) {
        requireOwner(call, changed.visibility, row.owner_id);
        await this.requireRoom(on, { ...row, visibility: changed.visibility });
      }
      if (Object.keys(filterChanges(row, changed)).length === 0) return toSavedFilter(row);
      const updated = await this.store.update(on, row, changed);
      await this.events.add(on, call, row, updated);
      return toSavedFilter(updated);
    };
    return this.formerMembers.settled(call.requestId, () =>
      this.personal.writing(this.writes, call, fields.visibility === 'personal', work),
    );
  }

  /** @throws DomainError `filter_not_found`, `forbidden`; VersionConflictError. */
  private async lock(on: Executor, call: CallContext, id: string): Promise<FilterRow> {
    const { principal } = call;
    await this.store.lock(on, principal.workspaceId);
    const row = await this.saved.require(call, id, on);
    requireWholeWorkspace(principal, WHOLE);
    requireVersion(call, row);
    return row;
  }

  /** Under the lock. @returns undefined where neither neighbour is named. @throws InvalidInputError */
  private async positionAt(
    on: Executor,
    { principal }: CallContext,
    { before, after }: Neighbour,
    id?: string,
  ): Promise<string | undefined> {
    if (before !== undefined && after !== undefined) throw faulty('after', 'not_combinable', 'goes without before');
    const side = before === undefined ? 'after' : 'before';
    const neighbour = before ?? after;
    if (neighbour === undefined) return undefined;
    const row = await this.store.find(on, readerOf(principal), neighbour);
    if (!row || row.id === id) throw faulty(side, 'not_found', 'must be another filter');
    return this.store.positionBeside(on, row, side, id);
  }

  /** Under the lock. @throws DomainError `too_many_filters`. */
  private async requireRoom(
    on: Executor,
    filter: Pick<FilterRow, 'workspace_id' | 'visibility' | 'owner_id'>,
  ): Promise<void> {
    const { visibility } = filter;
    const limit = visibility === 'personal' ? MAX_PERSONAL_FILTERS : MAX_SHARED_FILTERS;
    if ((await this.store.countAlike(on, filter)) >= limit) throw tasksErrors.too_many_filters({ limit, visibility });
  }
}

/** @throws InvalidInputError where a personal filter would not be the caller's. */
function requireOwner({ principal }: CallContext, visibility: SavedFilter['visibility'], ownerId: string | null): void {
  if (visibility === 'shared') return;
  if (principal.kind !== 'user')
    throw faulty('visibility', 'not_allowed', 'must be shared: an API key has no personal filters');
  if (ownerId !== principal.id)
    throw faulty('visibility', 'not_allowed', 'must be shared: only the owner can make it personal');
}

function orderOf(row: FilterRow, { order_by, order_dir }: FilterTasksQuery): Pick<TaskQuery, 'order_by' | 'order_dir'> {
  if (order_by === undefined) return { order_by: row.order_by, order_dir: order_dir ?? row.order_dir };
  return { order_by, order_dir: order_dir ?? 'asc' };
}

function faulty(field: string, code: FaultCode, issue: string): InvalidInputError {
  return new InvalidInputError([{ field, code, issue }]);
}
