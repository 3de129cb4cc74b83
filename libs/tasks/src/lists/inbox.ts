// The Inbox takes tasks without a list. It is created with the first such task and stays.
import { Injectable } from '@nestjs/common';
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { findInboxId, INBOX_TITLE, insertList } from '../persistence/list-records.js';
import { LIST_DEFAULTS } from '../persistence/list-row.js';

const REMEMBERED = 10_000;

@Injectable()
export class Inbox {
  private readonly known = new Map<string, string>();

  async idOf(on: Executor, context: CallContext): Promise<string> {
    const { workspaceId } = context.principal;
    const known = this.known.get(workspaceId);
    if (known !== undefined) return known;
    const found = await findInboxId(on, workspaceId);
    if (found === undefined) return this.create(on, context);
    // A transaction may see an Inbox that it made itself and that its end may undo.
    if (!('transaction' in on)) return found;
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(workspaceId, found);
    return found;
  }

  /** Not remembered: the transaction that makes it may yet be rolled back. */
  private async create(on: Executor, context: CallContext): Promise<string> {
    const made = await insertList(on, context, { ...LIST_DEFAULTS, title: INBOX_TITLE }, true);
    const id = made?.id ?? (await findInboxId(on, context.principal.workspaceId));
    if (id === undefined) throw new Error('Invariant violated: the Inbox is missing after its insert.');
    return id;
  }
}
