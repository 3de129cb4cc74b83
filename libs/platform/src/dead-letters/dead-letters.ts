// The one store of what gave up: messages and jobs, until somebody has them tried again or discards them.
import type { DeadLetterSink } from '@mono/bus';
import type { Executor, TransactionalExecutor } from '../database/executor.js';
import { ConflictError, InvalidInputError, NotFoundError, buildPage, readPageRequest } from '@mono/contract';
import {
  MAX_BULK,
  type DeadLetter,
  type DeadLetterBulkDecision,
  type DeadLetterBulkResult,
  type DeadLetterPage,
  type DeadLetterQuery,
  type DeadLetterStatus,
} from './dead-letter.js';
import {
  storeRow,
  countRows,
  findRows,
  lockRows,
  markSettled,
  readRow,
  resolveRows,
  toDeadLetter,
  type BuriedLetter,
} from './dead-letter-rows.js';

export interface Decision {
  /** Who decides: `<kind>:<id>`. */
  by: string;
  note?: string | undefined;
  requestId?: string | undefined;
  /** `http` or `cli`. */
  source?: string | undefined;
}

export interface AdminAction extends Decision {
  action: 'dead_letter.retried' | 'dead_letter.discarded';
  ids: readonly string[];
}

export interface DeadLettersOptions {
  /** Runs in the decision's own transaction. */
  onAdminAction?: (on: Executor, action: AdminAction) => Promise<void>;
  /** Runs when there is something to try again. */
  onRetry?: () => void;
}

type Resolution = 'retried' | 'discarded';

export class DeadLetters implements DeadLetterSink {
  constructor(
    private readonly database: TransactionalExecutor,
    private readonly options: DeadLettersOptions = {},
  ) {}

  store(letter: BuriedLetter): Promise<void> {
    return storeRow(this.database, letter);
  }

  settled(key: string): Promise<void> {
    return markSettled(this.database, key);
  }

  async find(query: DeadLetterQuery): Promise<DeadLetterPage> {
    const request = readPageRequest(query, ['uuid']);
    return buildPage(request, {
      rows: await findRows(this.database, query, request),
      item: toDeadLetter,
      key: ({ id }) => [id],
      total: request.countsExactly ? await countRows(this.database, query) : undefined,
    });
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<DeadLetter> {
    const row = await readRow(this.database, id);
    if (!row) throw new NotFoundError('dead_letter', id);
    return toDeadLetter(row);
  }

  /** Of one that is being tried again already, nothing changes. @throws NotFoundError; ConflictError `dead_letter_discarded`. */
  retry(id: string, decision: Decision): Promise<DeadLetter> {
    return this.resolveOne(id, 'retried', decision);
  }

  /** Of one that is discarded already, nothing changes. @throws NotFoundError; ConflictError `dead_letter_retried`. */
  discard(id: string, decision: Decision): Promise<DeadLetter> {
    return this.resolveOne(id, 'discarded', decision);
  }

  /** The open ones among those that are meant; the others count as matched. @throws InvalidInputError without ids and filter. */
  async resolveMany(
    to: Resolution,
    { ids, filter }: Pick<DeadLetterBulkDecision, 'ids' | 'filter'>,
    decision: Decision,
  ): Promise<DeadLetterBulkResult> {
    if ((ids === undefined) === (filter === undefined)) {
      throw new InvalidInputError([{ field: 'ids', issue: 'either ids or filter must be given' }]);
    }
    const result = await this.database.transaction(async (on) => {
      const meant = await lockRows(on, { ids, filter: Object.assign({ status: 'open' as const }, filter) }, MAX_BULK);
      const open = meant.filter(({ status }) => status === 'open').map(({ id }) => id);
      await this.resolve(on, open, to, decision);
      return { matched: ids?.length ?? meant.length, changed: open.length };
    });
    if (to === 'retried' && result.changed > 0) this.options.onRetry?.();
    return result;
  }

  private async resolveOne(id: string, to: Resolution, decision: Decision): Promise<DeadLetter> {
    const row = await this.database.transaction(async (on) => {
      const [meant] = await lockRows(on, { ids: [id] }, 1);
      if (!meant) throw new NotFoundError('dead_letter', id);
      if (meant.status !== to) {
        refuseOther(meant.status);
        await this.resolve(on, [id], to, decision);
      }
      return readRow(on, id);
    });
    if (!row) throw new NotFoundError('dead_letter', id);
    if (to === 'retried') this.options.onRetry?.();
    return toDeadLetter(row);
  }

  private async resolve(on: Executor, ids: readonly string[], to: Resolution, decision: Decision): Promise<void> {
    if (ids.length === 0) return;
    await resolveRows(on, ids, to, decision.by, decision.note);
    await this.options.onAdminAction?.(on, { action: `dead_letter.${to}`, ids, ...decision });
  }
}

function refuseOther(status: DeadLetterStatus): void {
  if (status === 'open') return;
  const what = status === 'retried' ? 'is being tried again' : 'was discarded';
  throw new ConflictError(`dead_letter_${status}`, `The dead letter ${what}.`);
}
