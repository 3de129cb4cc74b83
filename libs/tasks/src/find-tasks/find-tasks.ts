// Finding tasks: a page of the workspace's or of one list's tasks, filtered and ordered.
import { Inject, Injectable } from '@nestjs/common';
import { buildPage, readPageRequest, type CallContext } from '@mono/contract';
import { Database, type Executor, type SharingExecutor } from '@mono/platform';
import { TaskQuery, type ListTasksQuery, type TaskOrder, type TaskPage } from '../../contract/index.js';
import { requireReach, type Reach } from '../domain/reach.js';
import { toTask } from '../persistence/task-row.js';
import { placed } from './placed.js';
import type { Filter } from './read-filter.js';
import { TASK_ORDERINGS, type FoundTask } from './task-order.js';
import { countStatement, pageStatement, type TaskStatement } from './task-statement.js';
import { expensively, FIND_TIME_LIMIT_MS, type Find } from './time-limit.js';
import { tasksErrors } from '../../contract/tasks.errors.js';

interface Read {
  rows: FoundTask[];
  total: number | undefined;
}

const ORDER_OF_LIST = {
  name: 'tasks.order_of_list',
  text: `SELECT default_order AS order_by, default_order_dir AS order_dir FROM tasks.list WHERE id = $1 AND workspace_id = $2`,
};

@Injectable()
export class FindTasks {
  timeLimitMs = FIND_TIME_LIMIT_MS;

  constructor(@Inject(Database) private readonly database: SharingExecutor) {}

  /**
   * @param filter what the query's `filter` means.
   * @throws InvalidInputError for a cursor of another filter, order or workspace; DomainError `query_too_expensive`.
   */
  async findTasks(context: CallContext, query: TaskQuery, filter?: Filter): Promise<TaskPage> {
    const { principal } = context;
    const { workspaceId } = principal;
    const order = query.order_by ?? 'created_at';
    const ordering = TASK_ORDERINGS[order];
    const { include: _include, ...selecting } = query;
    const request = readPageRequest(selecting, [ordering.kind, 'uuid'], { order_by: order, workspace_id: workspaceId });
    const within = placed(query, filter);
    const { rows, total } = await this.read(
      context,
      within.query,
      pageStatement(principal, within.query, ordering, request, within.filter),
      request.countsExactly ? countStatement(principal, within.query, within.filter) : undefined,
    );
    return buildPage(request, { rows, item: toTask, key: (row) => [ordering.key(row), row.id], total });
  }

  /** @throws NotFoundError `list_not_found`, and as findTasks. */
  async findTasksOfList(
    context: CallContext,
    listId: string,
    query: ListTasksQuery,
    filter?: Filter,
  ): Promise<TaskPage> {
    const ofList: TaskQuery = Object.assign(new TaskQuery(), query, { list_id: listId });
    if (query.order_by === undefined) {
      return this.findTasks(
        context,
        Object.assign(ofList, await this.orderOf(context.principal, listId, query)),
        filter,
      );
    }
    const page = await this.findTasks(context, ofList, filter);
    // A task that was found proves its list: only an empty page costs the second question.
    if (page.items.length === 0) await this.orderOf(context.principal, listId, query);
    return page;
  }

  /** Page and count in one place of the queue; a plain page needs none. */
  private async read(
    context: CallContext,
    query: TaskQuery,
    page: TaskStatement,
    count?: TaskStatement,
  ): Promise<Read> {
    if (!count && page.bounded) return { rows: await readRows(this.database, page), total: undefined };
    const kind: Find['kind'] = query.q !== undefined ? 'search' : count ? 'count' : 'filter';
    return expensively(this.database, { kind, context, limitMs: this.timeLimitMs }, async (on) => {
      const rows = await readRows(on, page);
      return { rows, total: count && (await readCount(on, query, count)) };
    });
  }

  /** The order that the list has of itself, in the direction that the query may name. @throws NotFoundError `list_not_found` */
  private async orderOf(
    reach: Reach,
    listId: string,
    { order_dir }: ListTasksQuery,
  ): Promise<Pick<TaskQuery, 'order_by' | 'order_dir'>> {
    requireReach(reach, listId);
    const [list] = await this.database.query<{ order_by: TaskOrder | null; order_dir: 'asc' | 'desc' }>(ORDER_OF_LIST, [
      listId,
      reach.workspaceId,
    ]);
    if (!list) throw tasksErrors.list_not_found({ id: listId });
    return { order_by: list.order_by ?? 'position', order_dir: order_dir ?? list.order_dir };
  }
}

function readRows(on: Executor, statement: TaskStatement): Promise<FoundTask[]> {
  return on.query(statement, statement.values);
}

/** Planners take the index of words and tags for no cheaper than a walk, on which its keys are computed for each row that matches. */
const BY_BITMAP = `SELECT set_config('enable_indexscan', 'off', true)`;

async function readCount(on: Executor, { q, tag }: TaskQuery, statement: TaskStatement): Promise<number> {
  if (q !== undefined || tag?.length) await on.query(BY_BITMAP);
  const [row] = await on.query<{ total: number }>(statement, statement.values);
  return row?.total ?? 0;
}
