// Dry run of a change: makes it in a transaction, compares the plans, and rolls back. It runs the same code as the change.
import type { CallContext } from '@mono/contract';
import type { Executor, TransactionalExecutor } from '@mono/platform';
import type { DiffedOccurrence, TemplateDiff } from '../../contract/diff.js';
import type { TemplatePatch } from '../../contract/template.js';
import { startOf } from '../domain/content.js';
import { keyBefore } from '../domain/dates.js';
import { isPast } from '../domain/ledger.js';
import { reachesOccurrence } from '../domain/reach.js';
import { horizonsOf } from '../domain/template-state.js';
import { MAX_AHEAD, plan } from '../generation/plan.js';
import type { OccurrenceRow } from '../domain/occurrence.js';
import { occurrencesOf } from '../persistence/occurrences.store.js';
import type { TemplateRow } from '../persistence/templates.store.js';
import { changeLocked, readChange } from './change-template.js';
import { requireLocked, requireTemplate } from './require-template.js';
import type { References } from './references.js';

class RolledBack extends Error {
  constructor(readonly diff: TemplateDiff) {
    super('Rolled back a dry run.');
  }
}

export async function diffTemplate(
  database: TransactionalExecutor,
  context: CallContext,
  id: string,
  patch: TemplatePatch,
  references: References,
): Promise<TemplateDiff> {
  const seen = await requireTemplate(database, context, id);
  const change = await readChange(context, seen, patch, references);
  try {
    return await database.transaction(async (on) => {
      const row = await requireLocked(on, { principal: context.principal }, id);
      // Both sides are planned up to the horizon.
      await plan(on, row, limitsOf(row));
      const before = await ahead(on, context, row);
      const changed = await changeLocked(on, context, row, change);
      await plan(on, changed, limitsOf(changed));
      throw new RolledBack(diffOf(before, await ahead(on, context, row)));
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.diff;
    throw error;
  }
}

function limitsOf(row: TemplateRow): { days: number; batch: number } {
  return { days: horizonsOf(row).generationDays, batch: MAX_AHEAD };
}

async function ahead(on: Executor, { principal }: CallContext, row: TemplateRow): Promise<OccurrenceRow[]> {
  const nowMs = Date.now();
  const rows = await occurrencesOf(on, row, keyBefore(nowMs));
  return rows.filter((one) => !isPast(one, nowMs) && reachesOccurrence(principal, one));
}

function diffOf(before: readonly OccurrenceRow[], after: readonly OccurrenceRow[]): TemplateDiff {
  const earlier = new Map(before.map((row) => [row.task_id, row]));
  const later = new Map(after.map((row) => [row.task_id, row]));
  return {
    added: after.filter((row) => row.wanted && !isWanted(earlier, row)).map((row) => shown(row)),
    removed: before.filter((row) => row.wanted && !isWanted(later, row)).map((row) => shown(row)),
    kept: before
      .filter((row) => row.wanted && isWanted(later, row))
      .map((row) => shown(row, later.get(row.task_id) ?? row)),
    unfit_exceptions: after
      .filter(({ fits, exception_version: version, skipped, moved_to: movedTo, fields }) => {
        return !fits && version > 0 && (skipped || movedTo !== null || fields !== null);
      })
      .map(({ original_start }) => original_start),
  };
}

function isWanted(rows: ReadonlyMap<string, OccurrenceRow>, { task_id: id }: OccurrenceRow): boolean {
  return rows.get(id)?.wanted === true;
}

function shown(row: OccurrenceRow, after = row): DiffedOccurrence {
  return { original_start: row.original_start, at: startOf(after), task_id: row.made ? row.task_id : null };
}
