// The use cases of lists.
import { Controller } from '@nestjs/common';
import { requireRights, requireVersion, type CallContext, type InputOf } from '@mono/contract';
import { once, Operation, RetryingDatabase, type Executor } from '@mono/platform';
import { InvalidInputError, type FaultCode } from '@mono/contract/errors';
import {
  listsOperations,
  type List,
  type ListPage,
  type ListPatch,
  type ListReplacement,
  type TaskPage,
} from '../../contract/index.js';
import { FindTasks } from '../find-tasks/find-tasks.js';
import { ReadFilter } from '../find-tasks/read-filter.js';
import { Includes } from '../includes/includes.js';
import { FindLists } from './find-lists.js';
import { OutboxSignal } from '@mono/bus/outbox';
import {
  applyTitlePolicy,
  deleteListRow,
  insertList,
  lockList,
  readList,
  updateList,
} from '../persistence/list-records.js';
import {
  LIST_DEFAULTS,
  listChanges,
  stateOfList,
  toList,
  type ListRow,
  type ListState,
} from '../persistence/list-row.js';
import { requireWholeWorkspace } from '../domain/reach.js';
import { duplicateTitle, namingHolder } from '../tasks/duplicate-title.js';
import { EmptyList } from './empty-list.js';
import { listPositionAt } from './place-list.js';
import { tasksErrors } from '../../contract/tasks.errors.js';

@Controller()
export class ListsController {
  constructor(
    private readonly writes: RetryingDatabase,
    private readonly signal: OutboxSignal,
    private readonly emptyList: EmptyList,
    private readonly finder: FindLists,
    private readonly taskFinder: FindTasks,
    private readonly filters: ReadFilter,
    private readonly includes: Includes,
  ) {}

  @Operation(listsOperations.createList)
  async createList(input: InputOf<typeof listsOperations.createList>, call: CallContext): Promise<List> {
    requireWholeWorkspace(call.principal, 'a new one would be beyond them');
    return once(this.writes, listsOperations.createList, call, input, async (on) => {
      const { before, after, ...fields } = input;
      const position = await listPositionAt(on, call.principal, { before, after });
      const row = await insertList(on, call, { ...LIST_DEFAULTS, ...fields, position });
      if (!row) throw new Error('Invariant violated: a list other than the Inbox met another.');
      on.afterCommit(() => this.signal.wake());
      return toList(row);
    });
  }

  @Operation(listsOperations.findLists)
  findLists(query: InputOf<typeof listsOperations.findLists>, call: CallContext): Promise<ListPage> {
    return this.finder.find(call, query);
  }

  @Operation(listsOperations.getList)
  async getList({ id }: InputOf<typeof listsOperations.getList>, call: CallContext): Promise<List> {
    return toList(await this.demand(this.writes, call, id));
  }

  @Operation(listsOperations.updateList)
  updateList({ id, patch }: InputOf<typeof listsOperations.updateList>, call: CallContext): Promise<List> {
    return this.change(call, id, patch, false);
  }

  @Operation(listsOperations.replaceList)
  replaceList({ id, ...fields }: InputOf<typeof listsOperations.replaceList>, call: CallContext): Promise<List> {
    return this.change(call, id, fields, true);
  }

  /** @throws ConflictError `list_not_empty`, `inbox_not_deletable`. */
  @Operation(listsOperations.deleteList)
  async deleteList(
    { id, tasks, to, permanent }: InputOf<typeof listsOperations.deleteList>,
    call: CallContext,
  ): Promise<void> {
    const isPermanent = permanent === 'true';
    if (isPermanent) requireRights(call.principal, { scope: 'admin' });
    if (tasks === 'move' && to === undefined) throw faulty('to', 'required', 'is required with tasks=move');
    if (tasks !== 'move' && to !== undefined) throw faulty('to', 'not_combinable', 'goes with tasks=move only');
    if (to === id) throw faulty('to', 'not_combinable', 'must be another list');
    await this.changing(call, async (on) => {
      await lockList(on, call.principal.workspaceId, id);
      const row = await this.demand(on, call, id);
      if (row.is_inbox) throw tasksErrors.inbox_not_deletable();
      requireVersion(call, row);
      if (row.total > 0 && tasks === undefined) {
        throw tasksErrors.list_not_empty({ tasks: row.total });
      }
      if (to !== undefined) await this.emptyList.move(on, call, id, to);
      else if (row.total > 0) await this.emptyList.delete(on, call, id, isPermanent);
      if (!(await deleteListRow(on, call, row, isPermanent))) throw new Error('A locked list has changed.');
      on.afterCommit(() => this.signal.wake());
    });
  }

  @Operation(listsOperations.findTasksOfList)
  findTasksOfList(
    { id, ...query }: InputOf<typeof listsOperations.findTasksOfList>,
    call: CallContext,
  ): Promise<TaskPage> {
    return this.includes.page(call, query, async () =>
      this.taskFinder.findTasksOfList(call, id, query, await this.filters.of(call, query)),
    );
  }

  /** @throws ConflictError `duplicate_task` when the policy becomes unique and two tasks share a title. */
  private change(
    context: CallContext,
    id: string,
    fields: ListPatch | ListReplacement,
    replace: boolean,
  ): Promise<List> {
    return this.changing(context, async (on) => {
      const { before, after, ...given }: ListPatch = fields;
      const position = await listPositionAt(on, context.principal, { before, after }, id.toLowerCase());
      await lockList(on, context.principal.workspaceId, id);
      const row = await this.demand(on, context, id);
      requireVersion(context, row);
      if (row.is_inbox && given.archived === true) throw tasksErrors.inbox_not_archivable();
      const from = stateOfList(row);
      const state: ListState = {
        ...from,
        ...(replace && LIST_DEFAULTS),
        ...given,
        ...(position !== undefined && { position }),
      };
      if (Object.keys(listChanges(from, state)).length === 0) return toList(row);
      if (state.title_policy !== row.title_policy) {
        await applyTitlePolicy(on, id, state.title_policy).catch((error: unknown) => {
          throw duplicateTitle(error);
        });
      }
      const updated = await updateList(on, context, row, state);
      if (!updated) throw new Error('A locked list has changed.');
      on.afterCommit(() => this.signal.wake());
      return toList(updated);
    });
  }

  private changing<T>(call: CallContext, work: (on: Executor) => Promise<T>): Promise<T> {
    return namingHolder(this.writes, call, () => this.writes.transaction(work));
  }

  private async demand(on: Executor, context: CallContext, id: string): Promise<ListRow> {
    const row = await readList(on, context.principal, id);
    if (!row) throw tasksErrors.list_not_found({ id });
    return row;
  }
}

function faulty(field: string, code: FaultCode, issue: string): InvalidInputError {
  return new InvalidInputError([{ field, code, issue }]);
}
