// The events of saved filters. Others do not see those of a personal one.
import { Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext, Changes } from '@mono/contract';
import { outbox, type Executor } from '@mono/platform';
import { tasksEvents, type FilterEvent } from '../../contract/index.js';
import type { FilterFields, FilterRow } from './saved-filter.store.js';

const FIELDS = [
  'name',
  'filter',
  'order_by',
  'order_dir',
  'group_by',
  'view',
  'color',
  'visibility',
  'position',
] as const satisfies readonly (keyof FilterFields)[];

@Injectable()
export class FilterEvents {
  constructor(private readonly signal: OutboxSignal) {}

  /** In the transaction of the change. @param before undefined: created. @param after undefined: deleted. */
  async add(
    on: Executor,
    call: CallContext,
    before: FilterRow | undefined,
    after: FilterRow | undefined,
    origin: FilterEvent['origin'] = 'user',
  ): Promise<void> {
    const row = after ?? before;
    if (!row) return;
    const { principal, requestId } = call;
    const [visibleTo, previously] = [audienceOf(row), audienceOf(before ?? row)];
    const event = after ? (before ? 'filter_updated' : 'filter_created') : 'filter_deleted';
    await outbox.add(on, tasksEvents[event], {
      aggregate: 'filter',
      aggregate_id: row.id,
      version: after ? row.version : row.version + 1,
      workspace_id: row.workspace_id,
      actor: { kind: principal.kind, id: principal.id },
      request_id: requestId,
      origin,
      changes: filterChanges(before, after),
      visible_to: visibleTo,
      ...(previously !== visibleTo && { previously_visible_to: previously }),
    });
    on.afterCommit(() => this.signal.wake());
  }
}

/** undefined: the filter does not exist then. */
export function filterChanges(from: FilterFields | undefined, to: FilterFields | undefined): Changes {
  return Object.fromEntries(
    FIELDS.flatMap((field) => {
      const [before, after] = [from?.[field] ?? null, to?.[field] ?? null];
      return before === after ? [] : [[field, { from: before, to: after }] as const];
    }),
  );
}

function audienceOf({ visibility, owner_id: ownerId }: FilterRow): string | null {
  return visibility === 'personal' ? ownerId : null;
}
