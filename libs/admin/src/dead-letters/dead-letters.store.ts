// The statements over the table of dead letters.
import type { DeadLetterInput } from '@mono/bus';
import type { CursorValue } from '@mono/contract';
import { JOB_ID_HEADER, type Executor, type JobLetter } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { DeadLetter, DeadLetterFilter, DeadLetterStatus } from '../../contract/index.js';
import { redactHeaders } from './redact-headers.js';

/** A message or a job; a job comes from no stream. */
export type NewDeadLetter = DeadLetterInput | JobLetter;

export interface DeadLetterRow {
  id: string;
  key: string;
  source: string;
  module: string;
  consumer: string;
  subject: string;
  stream: string | null;
  stream_seq: string | null;
  /** null in a list where it is large. */
  payload: Buffer | null;
  headers: Record<string, string>;
  error_code: string;
  error_message: string;
  error_stack: string | null;
  attempts: number;
  status: DeadLetterStatus;
  retries: number;
  retry_subject: string | null;
  created_at: string;
  failed_at: string;
  resolved_at: string | null;
  resolved_by: string | null;
  note: string | null;
  version: number;
}

const MAX_ERROR_CHARACTERS = 16_000;

/**
 * A letter that is stored again while it is open is the same failure. After a retry, the retry has failed, too. A discarded letter stays
 * discarded.
 */
const STORE_TEXT = `INSERT INTO platform.dead_letter AS d (id, key, source, module, consumer, subject, stream, stream_seq, payload,
      headers, error_code, error_message, error_stack, attempts, failed_at, retry_subject)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    ON CONFLICT (key) DO UPDATE SET
      attempts = CASE WHEN d.status = 'retried' THEN d.attempts + excluded.attempts ELSE greatest(d.attempts, excluded.attempts) END,
      status = 'open', error_code = excluded.error_code, error_message = excluded.error_message,
      error_stack = excluded.error_stack, failed_at = excluded.failed_at, version = d.version + 1,
      dispatched_at = NULL, dispatched_seq = NULL, settled_at = NULL, resolved_at = NULL, resolved_by = NULL, note = NULL`;

const STORE = { name: 'platform.store_dead_letter', text: `${STORE_TEXT} WHERE d.status <> 'discarded'` };

/** A job that is still in its queue is stored again. Its id differs from that of a retry that has failed. */
const STORE_JOB = {
  name: 'platform.store_job',
  text: `${STORE_TEXT}, headers = excluded.headers
    WHERE d.status <> 'discarded' AND d.headers->>'${JOB_ID_HEADER}' IS DISTINCT FROM excluded.headers->>'${JOB_ID_HEADER}'`,
};

export async function storeRow(on: Executor, letter: NewDeadLetter): Promise<void> {
  const { error } = letter;
  await on.query(letter.source === 'job' ? STORE_JOB : STORE, [
    uuidv7(),
    letter.key,
    letter.source,
    letter.module,
    letter.consumer,
    letter.subject,
    letter.stream,
    letter.streamSeq,
    Buffer.from(letter.payload),
    JSON.stringify(redactHeaders(letter.headers)),
    error.code,
    cut(error.message),
    error.stack === undefined ? null : cut(error.stack),
    letter.attempts,
    letter.failedAt.toISOString(),
    letter.retrySubject,
  ]);
}

function cut(text: string): string {
  return text.toWellFormed().replaceAll('\0', '').slice(0, MAX_ERROR_CHARACTERS);
}

/** Conditions and their values, from `$<first>` on. */
export function matching(filter: DeadLetterFilter, first = 1): { where: string; values: unknown[] } {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const add = (condition: (parameter: string) => string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${first + values.length - 1}`));
  };
  for (const column of ['status', 'source', 'module', 'consumer', 'subject', 'error_code'] as const) {
    add((parameter) => `${column} = ${parameter}`, filter[column]);
  }
  add((parameter) => `failed_at >= ${parameter}::timestamptz`, filter.failed_after);
  add((parameter) => `failed_at < ${parameter}::timestamptz`, filter.failed_before);
  return { where: conditions.length === 0 ? 'true' : conditions.join(' AND '), values };
}

export interface Window {
  after: CursorValue[] | undefined;
  descending: boolean;
  fetch: number;
  offset: number;
}

/** 500 letters of 8 MiB each would be too much for anybody. */
const LISTED_BYTES = 65_536;
const LISTED = `id, key, source, module, consumer, subject, stream, stream_seq, headers, error_code, error_message, error_stack,
  attempts, status, retries, retry_subject, created_at, failed_at, resolved_at, resolved_by, note, version,
  CASE WHEN length(payload) <= ${LISTED_BYTES} THEN payload END AS payload`;

export function findRows(on: Executor, filter: DeadLetterFilter, window: Window): Promise<DeadLetterRow[]> {
  const { where, values } = matching(filter);
  const order = window.descending ? 'DESC' : 'ASC';
  let past = '';
  if (window.after) {
    values.push(window.after[0]);
    past = ` AND id ${window.descending ? '<' : '>'} $${values.length}::uuid`;
  }
  return on.query<DeadLetterRow>(
    `SELECT ${LISTED} FROM platform.dead_letter WHERE ${where}${past} ORDER BY id ${order} LIMIT ${window.fetch} OFFSET ${window.offset}`,
    values,
  );
}

export async function countRows(on: Executor, filter: DeadLetterFilter): Promise<number> {
  const { where, values } = matching(filter);
  const [row] = await on.query<{ total: number }>(
    `SELECT count(*)::int AS total FROM platform.dead_letter WHERE ${where}`,
    values,
  );
  return row?.total ?? 0;
}

export async function readRow(on: Executor, id: string): Promise<DeadLetterRow | undefined> {
  const [row] = await on.query<DeadLetterRow>('SELECT * FROM platform.dead_letter WHERE id = $1', [id]);
  return row;
}

/** The ids of what is meant, locked until the transaction ends. */
export async function lockRows(
  on: Executor,
  { ids, filter }: { ids?: readonly string[] | undefined; filter?: DeadLetterFilter | undefined },
  limit: number,
): Promise<{ id: string; status: DeadLetterStatus }[]> {
  const { where, values } = matching(filter ?? {}, 2);
  return on.query<{ id: string; status: DeadLetterStatus }>(
    `SELECT id, status FROM platform.dead_letter WHERE ($1::uuid[] IS NULL OR id = ANY($1)) AND ${where}
     ORDER BY id LIMIT ${limit} FOR UPDATE`,
    [ids ?? null, ...values],
  );
}

export async function resolveRows(
  on: Executor,
  ids: readonly string[],
  to: 'retried' | 'discarded',
  by: string,
  note: string | undefined,
): Promise<void> {
  await on.query(
    `UPDATE platform.dead_letter SET status = $2, resolved_at = now(), resolved_by = $3, note = $4, version = version + 1,
       retries = retries + CASE WHEN $2 = 'retried' THEN 1 ELSE 0 END,
       dispatched_at = NULL, dispatched_seq = NULL, settled_at = NULL
     WHERE id = ANY($1::uuid[])`,
    [ids, to, by, note ?? null],
  );
}

/** Which letters a dispatcher brings back: a node without a queue cannot reach its jobs. */
export type RetrySource = { name: 'message' } | { name: 'job'; consumers: () => readonly string[] };

export async function rowsToDispatch(on: Executor, source: RetrySource, limit: number): Promise<DeadLetterRow[]> {
  return on.query<DeadLetterRow>(
    `SELECT * FROM platform.dead_letter WHERE status = 'retried' AND dispatched_at IS NULL AND retry_subject IS NOT NULL
       AND source = $1 AND ($2::text[] IS NULL OR consumer = ANY($2))
     ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED`,
    [source.name, source.name === 'job' ? source.consumers() : null],
  );
}

export interface Dispatched {
  id: string;
  /** Sequence of the message in its stream; null without a stream. */
  place: number | null;
}

export async function markDispatched(on: Executor, dispatched: readonly Dispatched[]): Promise<void> {
  await on.query(
    `UPDATE platform.dead_letter d SET dispatched_at = now(), dispatched_seq = s.place
     FROM unnest($1::uuid[], $2::bigint[]) AS s (id, place) WHERE d.id = s.id`,
    [dispatched.map(({ id }) => id), dispatched.map(({ place }) => place)],
  );
}

/** A letter whose retry nobody has settled yet. */
export interface OnItsWay {
  id: string;
  key: string;
  retries: number;
  place: string;
}

/** In the order of their ids, those that were dispatched longer ago than `forMs`. */
export function rowsOnTheirWay(on: Executor, forMs: number, after: string, limit: number): Promise<OnItsWay[]> {
  return on.query<OnItsWay>(
    `SELECT id, key, retries, dispatched_seq AS place FROM platform.dead_letter
     WHERE status = 'retried' AND dispatched_seq IS NOT NULL AND settled_at IS NULL AND id > $1
       AND dispatched_at < now() - make_interval(secs => $2)
     ORDER BY id LIMIT ${limit}`,
    [after, forMs / 1_000],
  );
}

/** Unless it was settled, or retried again, meanwhile. @returns whether it waits for its dispatch again. */
export async function dispatchAgain(on: Executor, { id, retries }: OnItsWay): Promise<boolean> {
  const rows = await on.query(
    `UPDATE platform.dead_letter SET dispatched_at = NULL, dispatched_seq = NULL
     WHERE id = $1 AND retries = $2 AND status = 'retried' AND settled_at IS NULL RETURNING 1`,
    [id, retries],
  );
  return rows.length > 0;
}

export async function markSettled(on: Executor, key: string): Promise<void> {
  await on.query(
    {
      name: 'platform.settle_dead_letter',
      text: `UPDATE platform.dead_letter SET settled_at = now() WHERE key = $1 AND status = 'retried'`,
    },
    [key],
  );
}

/** @returns how many resolved letters were removed. */
export async function pruneRows(on: Executor, keepMs: number): Promise<number> {
  const rows = await on.query(
    `DELETE FROM platform.dead_letter WHERE status <> 'open' AND resolved_at < now() - make_interval(secs => $1)
       AND (status = 'discarded' OR dispatched_at IS NOT NULL) RETURNING 1`,
    [keepMs / 1_000],
  );
  return rows.length;
}

export function toDeadLetter(row: DeadLetterRow): DeadLetter {
  const text = row.payload && decode(row.payload);
  return {
    id: row.id,
    source: row.source,
    module: row.module,
    consumer: row.consumer,
    subject: row.subject,
    stream: row.stream,
    stream_seq: row.stream_seq === null ? null : Number(row.stream_seq),
    payload: text ?? row.payload?.toString('base64') ?? null,
    payload_encoding: row.payload && text === undefined ? 'base64' : 'utf8',
    headers: row.headers,
    error: { code: row.error_code, message: row.error_message, stack: row.error_stack },
    attempts: row.attempts,
    status: row.status,
    retries: row.retries,
    created_at: row.created_at,
    failed_at: row.failed_at,
    resolved_at: row.resolved_at,
    resolved_by: row.resolved_by,
    note: row.note,
    version: row.version,
  };
}

function decode(payload: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload);
  } catch {
    return undefined;
  }
}
