// What is heard to keep this module's own tables true.
import { attemptsWithin, type Bus } from '@mono/bus';
import type { TransactionalExecutor } from '@mono/platform';
import { FollowTasks, TASKS_CONSUMER } from '../reminders/follow-tasks.js';
import { ACCOUNTS_CONSUMER, forget } from '../reminders/forget-user.js';
import { accountEvent, type AccountEvent } from './account-events.js';
import { taskEvents, type TaskEvent } from './task-events.js';

const BACKOFF_MS = 500;
/** Longer than a database or another module is usually away. */
const RETRY_MS = 60 * 60 * 1_000;

const PATIENT = {
  module: 'notifications',
  backoffMs: BACKOFF_MS,
  attempts: attemptsWithin(RETRY_MS, BACKOFF_MS),
  // One after the other of each task and user: they would wait for each other in the database.
  key: (body: unknown) => (body as TaskEvent | AccountEvent).aggregate_id,
};

/** To be called before the bus starts. */
export function followEvents(bus: Bus, database: TransactionalExecutor): void {
  const tasks = new FollowTasks(database, bus);
  bus.onDurableEvent(taskEvents, (body) => tasks.hear(body as TaskEvent), { consumer: TASKS_CONSUMER, ...PATIENT });
  const deleted = [accountEvent('account_deleted')];
  bus.onDurableEvent(deleted, (body) => forget(database, body as AccountEvent), {
    consumer: ACCOUNTS_CONSUMER,
    ...PATIENT,
  });
}
