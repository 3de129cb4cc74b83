// Lists: make, read, change, delete.
import { ConflictError, NotFoundError, VersionConflictError, type CallContext, type Replayable } from '@mono/contract';
import { idempotently, type Executor, type TransactionalExecutor } from '@mono/platform';
import { InvalidInputError } from '@mono/contract/errors';
import type { CreateList, DeleteListQuery, List, ListPatch, ListReplacement } from '../../contract/list.js';
import type { OutboxSignal } from '@mono/bus/outbox';
import {
  applyTitlePolicy,
  deleteListRow,
  insertList,
  listChanges,
  lockList,
  readList,
  toList,
  updateList,
  type ListRow,
  type ListState,
} from '../persistence/list-records.js';
import { demandWholeWorkspace } from '../domain/reach.js';
import { duplicateTitle } from '../tasks/duplicate-title.js';
import type { EmptyList } from './empty-list.js';

const DEFAULTS: Omit<ListState, 'title'> = { title_policy: 'any', description: null };

export class Lists {
  constructor(
    private readonly database: TransactionalExecutor,
    private readonly emptyList: EmptyList,
    private readonly signal: OutboxSignal,
  ) {}

  async create(context: CallContext, input: CreateList): Promise<Replayable<List>> {
    demandWholeWorkspace(context.principal, 'a new one would be beyond them');
    return idempotently(this.database, context, 'tasks.create_list', input, async (on) => {
      const made = await insertList(on, context, {
        title: input.title,
        title_policy: input.title_policy ?? DEFAULTS.title_policy,
        description: input.description ?? DEFAULTS.description,
      });
      if (!made) throw new Error('A list that is no Inbox met another.');
      on.afterCommit(() => this.signal.wake());
      return toList(made);
    });
  }

  async get(context: CallContext, id: string): Promise<List> {
    return toList(await this.demand(this.database, context, id));
  }

  /** @throws ConflictError `duplicate_task` when the policy becomes unique and two tasks share a title. */
  change(context: CallContext, id: string, fields: ListPatch | ListReplacement, replace: boolean): Promise<List> {
    return this.database.transaction(async (on) => {
      await lockList(on, context.principal.workspaceId, id);
      const row = await this.demand(on, context, id);
      demandVersion(context, row);
      const state: ListState = {
        title: fields.title ?? row.title,
        title_policy: fields.title_policy ?? (replace ? DEFAULTS.title_policy : row.title_policy),
        description:
          fields.description === undefined ? (replace ? DEFAULTS.description : row.description) : fields.description,
      };
      if (Object.keys(listChanges(row, state)).length === 0) return toList(row);
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

  /** @throws ConflictError `list_not_empty`, `inbox_not_deletable`. */
  async delete(context: CallContext, id: string, { tasks, to }: DeleteListQuery): Promise<void> {
    if (tasks === 'move' && to === undefined) throw faulty('to', 'is required with tasks=move');
    if (tasks !== 'move' && to !== undefined) throw faulty('to', 'goes with tasks=move only');
    if (to === id) throw faulty('to', 'must be another list');
    await this.database.transaction(async (on) => {
      await lockList(on, context.principal.workspaceId, id);
      const row = await this.demand(on, context, id);
      if (row.is_inbox) throw new ConflictError('inbox_not_deletable', 'The Inbox cannot be deleted.');
      demandVersion(context, row);
      if (row.total > 0 && tasks === undefined) {
        throw new ConflictError(
          'list_not_empty',
          `The list has ${row.total} tasks: add tasks=delete or tasks=move&to=….`,
          { tasks: row.total },
        );
      }
      if (to !== undefined) await this.emptyList.move(on, context, id, to);
      else if (row.total > 0) await this.emptyList.delete(on, context, id);
      if (!(await deleteListRow(on, context, row))) throw new Error('A locked list has changed.');
      on.afterCommit(() => this.signal.wake());
    });
  }

  private async demand(on: Executor, context: CallContext, id: string): Promise<ListRow> {
    const row = await readList(on, context.principal, id);
    if (!row) throw new NotFoundError('list', id);
    return row;
  }
}

function demandVersion({ expectedVersion }: CallContext, { version }: ListRow): void {
  if (expectedVersion !== undefined && expectedVersion !== version) throw new VersionConflictError(version);
}

function faulty(field: string, issue: string): InvalidInputError {
  return new InvalidInputError([{ field, issue }]);
}
