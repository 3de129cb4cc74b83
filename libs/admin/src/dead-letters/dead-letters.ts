// The operators' use cases of dead letters.
import { Inject, Injectable } from '@nestjs/common';
import { InvalidInputError, buildPage, readPageRequest } from '@mono/contract';
import { Database, type Executor, type TransactionalExecutor } from '@mono/platform';
import {
  adminErrors,
  MAX_BULK,
  type DeadLetter,
  type DeadLetterBulkDecision,
  type DeadLetterBulkResult,
  type DeadLetterPage,
  type DeadLetterQuery,
} from '../../contract/index.js';
import { Audit } from '../audit/audit.js';
import { DeadLetterStore } from './dead-letter-store.js';
import { countRows, findRows, lockRows, readRow, resolveRows, toDeadLetter } from './dead-letters.store.js';

export interface Decision {
  actor: { kind: string; id: string };
  note?: string | undefined;
  requestId?: string | undefined;
  /** `http`, `nats` or `cli`. */
  source: string;
}

type Resolution = 'retried' | 'discarded';

@Injectable()
export class DeadLetters {
  constructor(
    @Inject(Database) private readonly database: TransactionalExecutor,
    private readonly audit: Audit,
    private readonly store: DeadLetterStore,
  ) {}

  async find(query: DeadLetterQuery): Promise<DeadLetterPage> {
    const request = readPageRequest(query, ['uuid']);
    return buildPage(request, {
      rows: await findRows(this.database, query, request),
      item: toDeadLetter,
      key: ({ id }) => [id],
      total: request.countsExactly ? await countRows(this.database, query) : undefined,
    });
  }

  /** @throws DomainError `dead_letter_not_found`. */
  async get(id: string): Promise<DeadLetter> {
    const row = await readRow(this.database, id);
    if (!row) throw adminErrors.dead_letter_not_found({ id });
    return toDeadLetter(row);
  }

  /** Has no effect on a letter with this status. @throws DomainError `dead_letter_not_found`, or the code of the other status. */
  async resolve(id: string, to: Resolution, decision: Decision): Promise<DeadLetter> {
    const row = await this.database.transaction(async (on) => {
      const [letter] = await lockRows(on, { ids: [id] }, 1);
      if (!letter) throw adminErrors.dead_letter_not_found({ id });
      if (letter.status !== to) {
        if (letter.status !== 'open') throw adminErrors[`dead_letter_${letter.status}`]();
        await this.resolveOpen(on, [id], to, decision);
      }
      return readRow(on, id);
    });
    if (!row) throw adminErrors.dead_letter_not_found({ id });
    if (to === 'retried') this.store.wakeDispatchers();
    return toDeadLetter(row);
  }

  /** Resolves the open ones of the selected letters. @throws InvalidInputError unless either ids or a filter are given. */
  async resolveMany(
    to: Resolution,
    { ids, filter }: Pick<DeadLetterBulkDecision, 'ids' | 'filter'>,
    decision: Decision,
  ): Promise<DeadLetterBulkResult> {
    if ((ids === undefined) === (filter === undefined)) {
      throw new InvalidInputError([{ field: 'ids', code: 'required', issue: 'either ids or filter must be given' }]);
    }
    const result = await this.database.transaction(async (on) => {
      const selected = await lockRows(
        on,
        { ids, filter: Object.assign({ status: 'open' as const }, filter) },
        MAX_BULK,
      );
      const open = selected.filter(({ status }) => status === 'open').map(({ id }) => id);
      await this.resolveOpen(on, open, to, decision);
      return { matched: ids?.length ?? selected.length, changed: open.length };
    });
    if (to === 'retried' && result.changed > 0) this.store.wakeDispatchers();
    return result;
  }

  /** In the transaction of its entry in the audit trail. */
  private async resolveOpen(on: Executor, ids: readonly string[], to: Resolution, decision: Decision): Promise<void> {
    if (ids.length === 0) return;
    const { actor, note, requestId, source } = decision;
    await resolveRows(on, ids, to, `${actor.kind}:${actor.id}`, note);
    const details = { ids, note: note ?? null };
    await this.audit.trail.append({ action: `dead_letter.${to}`, actor, requestId, source, details }, on);
  }
}
