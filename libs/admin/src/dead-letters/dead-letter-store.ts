// Where the bus and the jobs of a node leave what has failed for good, and what brings retried letters back to them.
import type { DeadLetterSink } from '@mono/bus';
import type { JobLetters, JobRetries, TransactionalExecutor } from '@mono/platform';
import { markSettled, storeRow, type NewDeadLetter } from './dead-letters.store.js';
import { RetryDispatcher, type RetryDispatcherOptions } from './retry-dispatcher.js';

/** A node creates one before its bus, its jobs and its modules, which share it. */
export class DeadLetterStore implements DeadLetterSink, JobLetters {
  private readonly dispatchers: RetryDispatcher[] = [];

  /** @param database the one with the schema `platform`. */
  constructor(private readonly database: TransactionalExecutor) {}

  store(letter: NewDeadLetter): Promise<void> {
    return storeRow(this.database, letter);
  }

  settled(key: string): Promise<void> {
    return markSettled(this.database, key);
  }

  retriesOfJobs({ queues, add, onError }: JobRetries): RetryDispatcher {
    return this.dispatcher({
      source: { name: 'job', consumers: queues },
      publish: async (job) => {
        await add(job);
        return null;
      },
      onError,
    });
  }

  dispatcher(options: RetryDispatcherOptions): RetryDispatcher {
    const dispatcher = new RetryDispatcher(this.database, options);
    this.dispatchers.push(dispatcher);
    return dispatcher;
  }

  /** Retried letters are waiting. */
  wakeDispatchers(): void {
    for (const dispatcher of this.dispatchers) dispatcher.wake();
  }
}
