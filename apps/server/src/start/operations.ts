// What operators have, on every node: dead letters and the audit trail.
import { retryDeadLetter, TextLog, type BusConnection } from '@mono/bus';
import { Audit, auditOf, DeadLetters, RetryDispatcher, type Database, type Logger } from '@mono/platform';

export interface Operations {
  letters: DeadLetters;
  dispatcher: RetryDispatcher;
  audit: Audit;
}

export interface OperationsParts {
  database: Database;
  connection: BusConnection;
  auditSecrets: readonly string[];
  replicas: number;
  logger: Logger;
}

/** Beside the database: who can write there cannot make it forget. */
const CHECKPOINTS = { name: 'AUDIT_CHECKPOINTS', subject: 'audit.checkpoint' };

export function makeOperations({ database, connection, auditSecrets, replicas, logger }: OperationsParts): Operations {
  const audit = new Audit(database, {
    secrets: auditSecrets,
    checkpoints: new TextLog(connection, { ...CHECKPOINTS, replicas }),
    onError: (error) => logger.warn({ err: error }, 'A checkpoint of the audit trail could not be kept yet'),
  });
  const dispatcher = new RetryDispatcher(database, {
    publish: (message) => retryDeadLetter(connection, message),
    onError: (error) => logger.warn({ err: error }, 'Dead letters could not be brought back yet'),
  });
  const letters = new DeadLetters(database, {
    onRetry: () => dispatcher.wake(),
    onAdminAction: (on, action) => audit.trail.append(auditOf(action), on),
  });
  return { letters, dispatcher, audit };
}
