// History where the module does not run: each method is its request.
import type { Bus } from '@mono/bus';
import type { CallContext } from '@mono/contract';
import { callOptionsOf } from '@mono/platform';
import { HistoryApi } from './history-api.js';
import type { FindHistoryQuery, HistoryPage, HistoryQuery, TaskTime } from './history.js';
import { timeTrackingRequests } from './requests.js';

export class HistoryBusClient extends HistoryApi {
  constructor(private readonly bus: Bus) {
    super();
  }

  taskHistory(context: CallContext, taskId: string, query: HistoryQuery): Promise<HistoryPage> {
    const request = Object.assign({ id: taskId }, query);
    return this.bus.request(timeTrackingRequests.taskHistory, request, callOptionsOf(context));
  }

  findHistory(context: CallContext, query: FindHistoryQuery): Promise<HistoryPage> {
    return this.bus.request(timeTrackingRequests.findHistory, query, callOptionsOf(context));
  }

  taskTime(context: CallContext, taskId: string): Promise<TaskTime> {
    return this.bus.request(timeTrackingRequests.taskTime, { id: taskId }, callOptionsOf(context));
  }
}
