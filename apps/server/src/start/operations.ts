// What operators have, on every node: dead letters and the audit trail.
import { retryDeadLetter, TextLog, type BusConnection } from '@mono/bus';
import { Audit, auditOf, DeadLetters, Periodic, RetryDispatcher, type Database, type Logger } from '@mono/platform';

export interface Operations {
  letters: DeadLetters;
  dispatcher: RetryDispatcher;
  audit: Audit;
  /** Of the audit trail, where it has a limit. */
  retention: Periodic | undefined;
}

export interface OperationsParts {
  database: Database;
  connection: BusConnection;
  auditSecrets: readonly string[];
  auditRetentionDays?: number | undefined;
  replicas: number;
  logger: Logger;
}

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
/** Beside the database: who can write there cannot make it forget. */
const CHECKPOINTS = { name: 'AUDIT_CHECKPOINTS', subject: 'audit.checkpoint' };

export function makeOperations(parts: OperationsParts): Operations {
  const { database, connection, auditSecrets, auditRetentionDays, replicas, logger } = parts;
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
  const retention = auditRetentionDays === undefined ? undefined : retentionOf(audit, auditRetentionDays, logger);
  return { letters, dispatcher, audit, retention };
}

function retentionOf(audit: Audit, days: number, logger: Logger): Periodic {
  return new Periodic(() => audit.cut(new Date(Date.now() - days * DAY_MS)), {
    intervalMs: HOUR_MS,
    atOnce: true,
    onError: (error) => logger.error({ err: error }, 'Old rows of the audit trail were not removed'),
  });
}
