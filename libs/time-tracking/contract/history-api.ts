// What happened to tasks: what controllers and bus handlers call. Implemented by the use cases and, where the module does
// not run, by a client over the bus.
import type { CallContext } from '@mono/contract';
import type { FindHistoryQuery, HistoryPage, HistoryQuery, TaskTime } from './history.js';

/** Every method throws DomainError with the codes of ./errors.ts. What lies in lists beyond the caller's reach is as if it were not there. */
export abstract class HistoryApi {
  /** Of a task that is there; a change shows as soon as its event is heard. @throws `task_not_found`, also for a deleted one. */
  abstract taskHistory(context: CallContext, taskId: string, query: HistoryQuery): Promise<HistoryPage>;
  /** Of a task that may be deleted. @throws `task_not_found` for one of which nothing was ever heard. */
  abstract findHistory(context: CallContext, query: FindHistoryQuery): Promise<HistoryPage>;
  /** @throws `task_not_found`. */
  abstract taskTime(context: CallContext, taskId: string): Promise<TaskTime>;
}
