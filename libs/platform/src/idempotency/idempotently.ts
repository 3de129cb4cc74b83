// `Idempotency-Key`: the key is claimed, the work done and its answer kept in one transaction, so that a crash frees the
// key together with the work, and a repeat either sees both or neither.
import { createHash } from 'node:crypto';
import { DatabaseError } from 'pg';
import { ConflictError, DomainError, type AnyOperation, type CallContext, type Replayable } from '@mono/contract';
import type { Executor, Statement, TransactionalExecutor } from '../database/executor.js';

/** How long a repeat waits for the first call to end. */
export const IDEMPOTENCY_WAIT_MS = 5_000;
/** How long an answer is kept. */
export const IDEMPOTENCY_AGE_MS = 24 * 60 * 60 * 1000;

const OPERATION = /^([a-z][a-z_]*)\.[a-z][a-z_]*$/;
const LOCK_NOT_AVAILABLE = '55P03';

export interface IdempotencyOptions {
  /** How long a repeat waits for the first call. The same bound then holds for each lock that the work waits for. */
  waitMs?: number;
  /** The answer shows a secret: it is not kept, and a repeat is refused with `secret_already_shown`. */
  showsSecret?: boolean;
  /** Without a key, too, the work has a transaction: all of it or nothing. */
  atomic?: boolean;
}

/**
 * Runs `work` once per `context.idempotencyKey`. Without a key it is simply run on the database, statement by statement.
 * @param operation `<module's schema>.<operation>`, such as `tasks.create_task`: the key counts within it.
 * @param input everything that decides what the work does, as JSON values: a repeat must bring the same.
 * @throws ConflictError `idempotency_in_progress` when the first call takes longer than the wait; DomainError
 * `idempotency_key_reused` for another input; what `work` throws, after which the key is free again.
 */
export async function idempotently<T>(
  database: TransactionalExecutor,
  context: CallContext,
  operation: string,
  input: unknown,
  work: (executor: Executor) => Promise<T>,
  { waitMs = IDEMPOTENCY_WAIT_MS, showsSecret = false, atomic = false }: IdempotencyOptions = {},
): Promise<Replayable<T>> {
  const key = context.idempotencyKey;
  if (key === undefined) {
    return { body: await (atomic ? database.transaction(work) : work(database)), replayed: false };
  }
  const { claim, recall, keep } = statementsOf(operation);
  const { workspaceId, id: principalId } = context.principal;
  const name = [workspaceId, principalId, operation, key];
  const hash = createHash('sha256').update(canonicalJson(input)).digest();
  return database.transaction(async (transaction) => {
    const claimed = await transaction.query(claim, [...name, hash, String(waitMs)]).catch((error: unknown) => {
      throw error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE ? inProgress() : error;
    });
    if (claimed.length === 0) {
      const [kept] = await transaction.query<Kept>(recall, name);
      return { body: replay<T>(kept, hash), replayed: true };
    }
    const body = await work(transaction);
    if (!showsSecret) await transaction.query(keep, [...name, JSON.stringify({ body })]);
    return { body, replayed: false };
  });
}

interface Kept {
  request_hash: Buffer;
  response: { body: unknown } | null;
}

function replay<T>(kept: Kept | undefined, hash: Buffer): T {
  // Gone between the two statements: pruned, at the very end of its time.
  if (!kept) throw inProgress();
  if (!kept.request_hash.equals(hash)) {
    throw new DomainError(
      'invalid',
      'idempotency_key_reused',
      'This Idempotency-Key was already used for another request.',
    );
  }
  if (!kept.response) {
    throw new ConflictError('secret_already_shown', 'The answer to this request showed a secret and is not kept.');
  }
  return kept.response.body as T;
}

function inProgress(): ConflictError {
  return new ConflictError('idempotency_in_progress', 'The first request with this Idempotency-Key is still running.');
}

interface Statements {
  claim: Statement;
  recall: Statement;
  keep: Statement;
}

const statementsBySchema = new Map<string, Statements>();

function statementsOf(operation: string): Statements {
  const schema = OPERATION.exec(operation)?.[1];
  if (schema === undefined) throw new TypeError(`${operation} is not of the form <schema>.<operation>.`);
  let statements = statementsBySchema.get(schema);
  if (!statements) statementsBySchema.set(schema, (statements = writeStatements(schema)));
  return statements;
}

function writeStatements(schema: string): Statements {
  const row = `"workspace_id" = $1 AND "principal_id" = $2 AND "operation" = $3 AND "key" = $4`;
  return {
    claim: {
      name: `${schema}.idempotency_claim`,
      // The wait for another transaction's claim of the same key is a lock; the limit is set before the row is tried.
      // A key past its time, not pruned yet, is as good as none.
      text: `WITH "wait" AS MATERIALIZED (SELECT set_config('lock_timeout', $6, true))
        INSERT INTO "${schema}"."idempotency" AS "kept" ("workspace_id", "principal_id", "operation", "key", "request_hash")
        SELECT $1, $2, $3, $4, $5 FROM "wait"
        ON CONFLICT ("workspace_id", "principal_id", "operation", "key") DO UPDATE
          SET "request_hash" = excluded."request_hash", "response" = NULL, "created_at" = now()
          WHERE "kept"."created_at" < now() - interval '${IDEMPOTENCY_AGE_MS} milliseconds'
        RETURNING 1 AS "claimed"`,
    },
    recall: {
      name: `${schema}.idempotency_recall`,
      text: `SELECT "request_hash", "response" FROM "${schema}"."idempotency" WHERE ${row}`,
    },
    keep: {
      name: `${schema}.idempotency_keep`,
      text: `UPDATE "${schema}"."idempotency" SET "response" = $5 WHERE ${row}`,
    },
  };
}

/** JSON with the fields of every object in one order: the same input gives the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}

/** `idempotently` for the handler of an operation: the caller learns of a stored answer by `Idempotent-Replayed`. */
export async function once<T>(
  database: TransactionalExecutor,
  operation: Pick<AnyOperation, 'module' | 'name'>,
  call: CallContext,
  input: unknown,
  work: (executor: Executor) => Promise<T>,
  options?: IdempotencyOptions,
): Promise<T> {
  const name = `${operation.module.replaceAll('-', '_')}.${operation.name}`;
  const { body, replayed } = await idempotently(database, call, name, input, work, options);
  if (replayed) call.markReplayed?.();
  return body;
}
