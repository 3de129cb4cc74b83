import { Controller, Inject } from '@nestjs/common';
import { RequestHandler, type BusContext } from '@mono/bus';
import { callContextOf } from '@mono/platform';
import {
  HistoryApi,
  timeTrackingRequests,
  type FindHistoryQuery,
  type HistoryPage,
  type TaskHistory,
  type TaskTime,
  type TimeOfTask,
} from '../../contract/index.js';

@Controller()
export class HistoryHandlers {
  constructor(@Inject(HistoryApi) private readonly history: HistoryApi) {}

  @RequestHandler(timeTrackingRequests.taskHistory)
  taskHistory({ id, ...query }: TaskHistory, context: BusContext): Promise<HistoryPage> {
    return this.history.taskHistory(callContextOf(context), id, query);
  }

  @RequestHandler(timeTrackingRequests.findHistory)
  findHistory(query: FindHistoryQuery, context: BusContext): Promise<HistoryPage> {
    return this.history.findHistory(callContextOf(context), query);
  }

  @RequestHandler(timeTrackingRequests.taskTime)
  taskTime({ id }: TimeOfTask, context: BusContext): Promise<TaskTime> {
    return this.history.taskTime(callContextOf(context), id);
  }
}
