// What happened to a task, and the time that it took.
import { buildPage, readPageRequest, type CallContext } from '@mono/contract';
import type { TransactionalExecutor } from '@mono/platform';
import { NotFoundError } from '@mono/contract/errors';
import type { TasksClient } from '@mono/tasks/contract';
import {
  HistoryApi,
  type FindHistoryQuery,
  type HistoryPage,
  type HistoryQuery,
  type StatusTransition,
  type TaskTime,
} from '../../contract/index.js';
import type { Transition } from '../domain/heard-tasks.js';
import { countTransitions, findTransitions } from '../persistence/history-rows.js';
import { demandTask } from './known-task.js';
import { timeOfTask } from './time-of-task.js';

export class HistoryUseCases extends HistoryApi {
  constructor(
    private readonly database: TransactionalExecutor,
    private readonly tasks: Pick<TasksClient, 'getTask'>,
  ) {
    super();
  }

  async taskHistory(context: CallContext, taskId: string, query: HistoryQuery): Promise<HistoryPage> {
    const { isDeleted } = await demandTask(this.database, this.tasks, context, taskId);
    if (isDeleted) throw new NotFoundError('task', taskId);
    return this.page(taskId, query);
  }

  async findHistory(context: CallContext, { task_id: taskId, ...query }: FindHistoryQuery): Promise<HistoryPage> {
    await demandTask(this.database, this.tasks, context, taskId);
    return this.page(taskId, query);
  }

  async taskTime(context: CallContext, taskId: string): Promise<TaskTime> {
    const { estimated_duration, isDeleted } = await demandTask(this.database, this.tasks, context, taskId);
    if (isDeleted) throw new NotFoundError('task', taskId);
    return timeOfTask(this.database, context, taskId, estimated_duration);
  }

  private async page(taskId: string, query: HistoryQuery): Promise<HistoryPage> {
    const request = readPageRequest(query, ['integer'], { task_id: taskId });
    return buildPage(request, {
      rows: await findTransitions(this.database, taskId, request),
      item: toTransition,
      key: ({ version }) => [version],
      total: request.countsExactly ? await countTransitions(this.database, taskId) : undefined,
    });
  }
}

function toTransition(row: Transition): StatusTransition {
  return {
    at: row.occurred_at,
    from: row.from_status as StatusTransition['from'],
    to: row.to_status as StatusTransition['to'],
    actor: { kind: row.actor_kind as StatusTransition['actor']['kind'], id: row.actor_id },
    request_id: row.request_id,
    version: row.version,
  };
}
