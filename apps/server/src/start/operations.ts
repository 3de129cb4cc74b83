// What operators have, on every node: dead letters and the audit trail.
import { holdsRetry, retryDeadLetter, type BusConnection } from '@mono/bus';
import { pruneInbox } from '@mono/bus/outbox';
import { TextLog } from '@mono/bus/state';
import {
  Audit,
  auditOf,
  DeadLetters,
  ExactThrottle,
  Periodic,
  RetryDispatcher,
  type Database,
  type Jobs,
  type Logger,
} from '@mono/platform';

export interface Operations {
  letters: DeadLetters;
  dispatcher: RetryDispatcher;
  audit: Audit;
  /** What is done now and then. */
  periodic: readonly Periodic[];
}

export interface OperationsParts {
  database: Database;
  connection: BusConnection;
  auditSecrets: readonly string[];
  auditRetentionDays?: number | undefined;
  /** How long streams keep an event, in milliseconds. */
  eventAgeMs: number;
  replicas: number;
  jobs: Jobs;
  logger: Logger;
}

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
/** How long dead letters are kept, and a margin. */
const LETTERS_MS = 120 * DAY_MS;
/** Beside the database: who can write there cannot make it forget. */
const CHECKPOINTS = { name: 'AUDIT_CHECKPOINTS', subject: 'audit.checkpoint' };

export function makeOperations(parts: OperationsParts): Operations {
  const { database, connection, auditSecrets, replicas, jobs, logger } = parts;
  const audit = new Audit(database, {
    secrets: auditSecrets,
    checkpoints: new TextLog(connection, { ...CHECKPOINTS, replicas }),
    onError: (error) => {
      // It is kept as soon as the bus is connected; readiness shows a bus that is not.
      if (connection.connected) logger.warn({ err: error }, 'Audit checkpoint could not be stored');
    },
  });
  connection.onConnected(() => audit.noteAgain());
  const dispatcher = new RetryDispatcher(database, {
    publish: (message) => retryDeadLetter(connection, message),
    holds: (key, place) => holdsRetry(connection, key, place),
    onLost: (letter) => logger.warn(letter, 'A retry of a dead letter was lost: it is published again'),
    onError: (error) => logger.warn({ err: error }, 'Dead letters could not be brought back yet'),
  });
  const letters = new DeadLetters(database, {
    onRetry: () => {
      dispatcher.wake();
      jobs.wake();
    },
    onAdminAction: (on, action) => audit.trail.append(auditOf(action), on),
  });
  return { letters, dispatcher, audit, periodic: periodicOf(parts, audit) };
}

function periodicOf(
  { database, auditRetentionDays: days, eventAgeMs, logger }: OperationsParts,
  audit: Audit,
): Periodic[] {
  const hourly = (work: () => Promise<unknown>, complaint: string): Periodic =>
    new Periodic(work, {
      intervalMs: HOUR_MS,
      atOnce: true,
      onError: (error) => logger.error({ err: error }, complaint),
    });
  const throttle = new ExactThrottle();
  return [
    // Longer than any event can come again: out of its stream, or back from the dead letters.
    hourly(() => pruneInbox(database, 'platform', eventAgeMs + LETTERS_MS), 'The inbox could not be pruned'),
    hourly(() => throttle.prune(database), 'Old throttles could not be pruned'),
    ...(days === undefined
      ? []
      : [
          hourly(() => audit.cut(new Date(Date.now() - days * DAY_MS)), 'Old rows of the audit trail were not removed'),
        ]),
  ];
}
