// The dead letters of the installation: every node can keep them, show them and bring them back.
import { retryDeadLetter, type BusConnection } from '@mono/bus';
import { DeadLetters, RetryDispatcher, type Database, type Logger } from '@mono/platform';

export interface DeadLetterParts {
  letters: DeadLetters;
  dispatcher: RetryDispatcher;
}

export function makeDeadLetters(database: Database, connection: BusConnection, logger: Logger): DeadLetterParts {
  const dispatcher = new RetryDispatcher(database, {
    publish: (message) => retryDeadLetter(connection, message),
    onError: (error) => logger.warn({ err: error }, 'Dead letters could not be brought back yet'),
  });
  return { letters: new DeadLetters(database, { onRetry: () => dispatcher.wake() }), dispatcher };
}
