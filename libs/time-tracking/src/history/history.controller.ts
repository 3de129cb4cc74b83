// The history of a task, and the time that it took.
import { Controller, Inject } from '@nestjs/common';
import { buildPage, readPageRequest, type CallContext, type InputOf } from '@mono/contract';
import { Database, Operation, type Executor } from '@mono/platform';
import {
  historyOperations as operations,
  timeTrackingErrors,
  type HistoryPage,
  type HistoryQuery,
  type StatusTransition,
  type TaskTime,
} from '../../contract/index.js';
import type { Transition } from '../domain/heard-tasks.js';
import { countTransitions, findTransitions } from '../persistence/history-rows.js';
import { actorOf, Names, type NamesById } from '../reports/names.js';
import { requireTask, TASKS, type AskTask } from './known-task.js';
import { timeOfTask } from './time-of-task.js';

@Controller()
export class HistoryController {
  constructor(
    @Inject(Database) private readonly database: Executor,
    @Inject(TASKS) private readonly tasks: AskTask,
    private readonly names: Names,
  ) {}

  @Operation(operations.taskHistory)
  async taskHistory({ id, ...query }: InputOf<typeof operations.taskHistory>, call: CallContext): Promise<HistoryPage> {
    const { isDeleted } = await requireTask(this.database, this.tasks, call, id);
    if (isDeleted) throw timeTrackingErrors.task_not_found({ id });
    return this.page(call, id, query);
  }

  @Operation(operations.findHistory)
  async findHistory(
    { task_id: taskId, ...query }: InputOf<typeof operations.findHistory>,
    call: CallContext,
  ): Promise<HistoryPage> {
    await requireTask(this.database, this.tasks, call, taskId);
    return this.page(call, taskId, query);
  }

  @Operation(operations.taskTime)
  async taskTime({ id }: InputOf<typeof operations.taskTime>, call: CallContext): Promise<TaskTime> {
    const { estimated_duration, isDeleted } = await requireTask(this.database, this.tasks, call, id);
    if (isDeleted) throw timeTrackingErrors.task_not_found({ id });
    return timeOfTask(this.database, this.names, call, { id, estimated: estimated_duration });
  }

  private async page(call: CallContext, taskId: string, query: HistoryQuery): Promise<HistoryPage> {
    const request = readPageRequest(query, ['integer'], { task_id: taskId });
    const rows = await findTransitions(this.database, taskId, request);
    const names = await this.names.actors(call, rows);
    return buildPage(request, {
      rows,
      item: (row) => toTransition(row, names),
      key: ({ version }) => [version],
      total: request.countsExactly ? await countTransitions(this.database, taskId) : undefined,
    });
  }
}

function toTransition(row: Transition, names: NamesById): StatusTransition {
  return {
    at: row.occurred_at,
    from: row.from_status as StatusTransition['from'],
    to: row.to_status as StatusTransition['to'],
    actor: actorOf(row, names),
    request_id: row.request_id,
    version: row.version,
  };
}
