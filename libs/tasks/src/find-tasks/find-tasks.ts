// Finding tasks: a page of the workspace's or of one list's tasks, filtered and ordered.
import {
  buildPage,
  NotFoundError,
  readPageRequest,
  type CallContext,
  type Database,
  type PageRequest,
} from '@mono/platform';
import { TaskQuery, type ListTasksQuery, type TaskPage } from '../../contract/index.js';
import { demandReach, type Reach } from '../domain/reach.js';
import { toTask } from '../persistence/task-row.js';
import { TASK_ORDERINGS, type FoundTask, type TaskOrdering } from './task-order.js';
import { countStatement, pageStatement } from './task-statement.js';
import { FIND_TIME_LIMIT_MS, runFind } from './time-limit.js';

export class FindTasks {
  constructor(
    private readonly database: Database,
    private readonly timeLimitMs = FIND_TIME_LIMIT_MS,
  ) {}

  /** @throws InvalidInputError for a cursor of another filter, order or workspace; DomainError `query_too_expensive`. */
  async findTasks(context: CallContext, query: TaskQuery): Promise<TaskPage> {
    const { principal } = context;
    const { workspaceId } = principal;
    const order = query.order_by ?? 'created_at';
    const ordering = TASK_ORDERINGS[order];
    const request = readPageRequest(query, [ordering.kind, 'uuid'], { order_by: order, workspace_id: workspaceId });
    const rows = await this.readPage(principal, query, ordering, request);
    return buildPage(request, {
      rows,
      item: toTask,
      key: (row) => [ordering.key(row), row.id],
      total: request.countsExactly ? await this.count(principal, query) : undefined,
    });
  }

  /** @throws NotFoundError `list_not_found`, and as findTasks. */
  async findTasksOfList(context: CallContext, listId: string, query: ListTasksQuery): Promise<TaskPage> {
    const ofList: TaskQuery = Object.assign(new TaskQuery(), query, { list_id: listId });
    const page = await this.findTasks(context, ofList);
    // A task that was found proves its list: only an empty page costs the second question.
    if (page.items.length === 0) await this.demandList(context.principal, listId);
    return page;
  }

  private readPage(reach: Reach, query: TaskQuery, ordering: TaskOrdering, request: PageRequest): Promise<FoundTask[]> {
    return runFind(this.database, pageStatement(reach, query, ordering, request), this.timeLimitMs);
  }

  private async count(reach: Reach, query: TaskQuery): Promise<number> {
    const statement = countStatement(reach, query);
    const [row] = await runFind<{ total: number }>(this.database, statement, this.timeLimitMs);
    return row?.total ?? 0;
  }

  private async demandList(reach: Reach, listId: string): Promise<void> {
    demandReach(reach, listId);
    const found = await this.database.query(
      { name: 'tasks.list_exists', text: 'SELECT 1 FROM tasks.list WHERE id = $1 AND workspace_id = $2' },
      [listId, reach.workspaceId],
    );
    if (found.length === 0) throw new NotFoundError('list', listId);
  }
}
