// Changing or removing an occurrence: this one alone, this and those that follow it, or all that are to come.
import { Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext } from '@mono/contract';
import { Database, type Executor } from '@mono/platform';
import { InvalidInputError, type FaultCode } from '@mono/contract/errors';
import type { CreateException, OccurrenceChange, OccurrencePatch } from '../../contract/occurrence.js';
import { recurrenceErrors } from '../../contract/recurrence.errors.js';
import type { TemplatePatch } from '../../contract/template.js';
import type { ChangeScope } from '../../contract/template-constants.js';
import { unwanted } from '../domain/ledger.js';
import type { Reach } from '../domain/reach.js';
import { Generation } from '../generation/generate.js';
import { holdAssignees } from '../members/members.js';
import type { OccurrenceRow } from '../domain/occurrence.js';
import { exceptionsOf } from '../persistence/occurrence-pages.store.js';
import { findByTask, occurrencesByKey, saveOccurrences } from '../persistence/occurrences.store.js';
import type { TemplateRow } from '../persistence/templates.store.js';
import { shownTemplate } from '../templates/next-occurrences.js';
import { changeLocked, readChange, type TemplateChange } from '../templates/change-template.js';
import { requireLocked, requireTemplate } from '../templates/require-template.js';
import { deleteTemplate } from '../templates/end-template.js';
import { References } from '../templates/references.js';
import { requireChangeable, requireOccurrence, type Found } from './require-occurrence.js';
import { Exceptions } from './exceptions.js';
import { toOccurrence } from './find-occurrences.js';
import { cutSeries, isFirst, splitSeries } from './split-series.js';

/** The most unfit exceptions in a reply. */
const MAX_UNFIT = 1_000;

@Injectable()
export class ChangeOccurrence {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly references: References,
    private readonly generation: Generation,
    private readonly exceptions: Exceptions,
  ) {}

  async change(
    context: CallContext,
    id: string,
    originalStart: string,
    scope: ChangeScope,
    patch: OccurrencePatch,
  ): Promise<OccurrenceChange> {
    if (scope === 'this') return this.changeThis(context, id, originalStart, patch);
    const { template, row: seen } = await this.find(id, originalStart, context);
    const change = await readChange(context, template, templatePatch(patch), this.references);
    const templateId = await this.database.transaction(async (on) => {
      await holdAssignees(on, context, change.members);
      const row = await requireLocked(on, context, id);
      const changed = await this.changeMore(on, context, row, originalStart, scope, change);
      on.afterCommit(() => this.signal.wake());
      return changed.id;
    });
    await this.generation.generateAtOnce(id, context.requestId);
    if (templateId !== id) await this.generation.generateAtOnce(templateId, context.requestId);
    return this.answer(context, templateId, seen);
  }

  async remove(context: CallContext, id: string, originalStart: string, scope: ChangeScope): Promise<void> {
    if (scope === 'this') {
      await this.exceptions.create(withoutIdempotencyKey(context), id, { original_start: originalStart, kind: 'skip' });
      return;
    }
    await this.database.transaction(async (on) => {
      const row = await requireLocked(on, context, id);
      await removeTask(on, await requireSplittable(on, context.principal, row, originalStart, scope));
      if (await isWhole(on, row, originalStart, scope)) await deleteTemplate(on, context, row);
      else await cutSeries(on, context, row, originalStart);
      on.afterCommit(() => this.signal.wake());
    });
    await this.generation.generateAtOnce(id, context.requestId);
  }

  private async changeThis(
    context: CallContext,
    id: string,
    originalStart: string,
    { at, rule, due_offset: dueOffset, subtasks, ...fields }: OccurrencePatch,
  ): Promise<OccurrenceChange> {
    if (rule !== undefined) throw faulty('rule', 'not_combinable', 'requires the scope following or all');
    if (dueOffset !== undefined) throw faulty('due_offset', 'not_combinable', 'requires the scope following or all');
    if (subtasks !== undefined) throw faulty('subtasks', 'not_combinable', 'requires the scope following or all');
    const edits = Object.values(fields).some((value) => value !== undefined);
    if (at === undefined && !edits) throw faulty('body', 'empty', 'must have at least one field');
    const exception: CreateException = {
      original_start: originalStart,
      kind: at === undefined ? 'edit' : 'move',
      ...(at === undefined ? {} : { at }),
      ...(edits ? { fields } : {}),
    };
    const { row: seen } = await this.find(id, originalStart, context);
    await this.exceptions.create(withoutIdempotencyKey(context), id, exception);
    return this.answer(context, id, seen);
  }

  private async changeMore(
    on: Executor,
    context: CallContext,
    row: TemplateRow,
    originalStart: string,
    scope: ChangeScope,
    change: TemplateChange,
  ): Promise<TemplateRow> {
    await requireSplittable(on, context.principal, row, originalStart, scope);
    const whole = await isWhole(on, row, originalStart, scope);
    return whole ? changeLocked(on, context, row, change) : splitSeries(on, context, row, originalStart, change);
  }

  /** Read before the change, which may change its key. */
  private async find(
    id: string,
    originalStart: string,
    context: CallContext,
  ): Promise<{ template: TemplateRow; row: OccurrenceRow }> {
    const template = await requireTemplate(this.database, context, id);
    const { row } = await requireOccurrence(this.database, context.principal, template, originalStart);
    return { template, row };
  }

  private async answer(context: CallContext, id: string, seen: OccurrenceRow): Promise<OccurrenceChange> {
    const template = await requireTemplate(this.database, context, id);
    const row = (await findByTask(this.database, seen.task_id)) ?? (await this.byKey(seen));
    const exceptions = await exceptionsOf(this.database, context.principal, id, undefined, MAX_UNFIT);
    return {
      template: await shownTemplate(this.database, context, template),
      occurrence: row?.fits ? toOccurrence(template)(row) : null,
      unfit_exceptions: exceptions.filter(({ fits }) => !fits).map(({ original_start }) => original_start),
    };
  }

  private async byKey({ series_id: seriesId, original_start: key }: OccurrenceRow): Promise<OccurrenceRow | undefined> {
    return (await occurrencesByKey(this.database, seriesId, [key]))[0];
  }
}

async function isWhole(on: Executor, row: TemplateRow, originalStart: string, scope: ChangeScope): Promise<boolean> {
  return scope === 'all' || row.anchor === 'completion' || isFirst(on, row, originalStart);
}

/** @throws as requireOccurrence and requireChangeable. */
async function requireSplittable(
  on: Executor,
  reach: Pick<Reach, 'listIds'>,
  row: TemplateRow,
  originalStart: string,
  scope: ChangeScope,
): Promise<Found> {
  const found = await requireOccurrence(on, reach, row, originalStart);
  if (found.row.skipped) throw recurrenceErrors.occurrence_not_found({ id: originalStart });
  // A series is split by the rule, even if this occurrence was moved; past occurrences do not change.
  requireChangeable(row, scope === 'following' ? { ...found.row, moved_to: null } : found.row);
  return found;
}

/** Removes the task, even if it was changed or started. */
async function removeTask(on: Executor, { row: was, known }: Found): Promise<void> {
  if (known && was.wanted) await saveOccurrences(on, [{ was, row: unwanted({ ...was, fits: false }, true) }]);
}

/** @throws InvalidInputError */
function templatePatch({ at, ...patch }: OccurrencePatch): TemplatePatch {
  if (at !== undefined) throw faulty('at', 'not_combinable', 'requires the scope this; change the rule instead');
  return patch;
}

/** An occurrence that is identified by its key needs no idempotency key. */
function withoutIdempotencyKey({ idempotencyKey: _key, ...context }: CallContext): CallContext {
  return context;
}

function faulty(field: string, code: FaultCode, issue: string): InvalidInputError {
  return new InvalidInputError([{ field, code, issue }]);
}
