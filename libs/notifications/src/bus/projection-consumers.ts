// What is heard to keep this module's own tables true.
import { type Bus } from '@mono/bus';
import type { TransactionalExecutor } from '@mono/platform';
import { FollowTasks, TASKS_CONSUMER } from '../reminders/follow-tasks.js';
import { ACCOUNTS_CONSUMER, forget } from '../reminders/forget-user.js';
import { accountEvent, type AccountEvent } from './account-events.js';
import { taskEvents, type TaskEvent } from './task-events.js';

const COMMON = {
  module: 'notifications',
  // One after the other of each task and user: they would wait for each other in the database.
  key: (body: unknown) => (body as TaskEvent | AccountEvent).aggregate_id,
};

/** To be called before the bus starts. */
export function followEvents(bus: Bus, database: TransactionalExecutor): void {
  const tasks = new FollowTasks(database, bus);
  bus.onDurableEvent(taskEvents, (body) => tasks.hear(body as TaskEvent), { consumer: TASKS_CONSUMER, ...COMMON });
  const deleted = [accountEvent('account_deleted')];
  bus.onDurableEvent(deleted, (body) => forget(database, body as AccountEvent), {
    consumer: ACCOUNTS_CONSUMER,
    ...COMMON,
  });
}
