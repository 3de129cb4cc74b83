// Use cases of exceptions: skip, move or edit one occurrence, and undo that.
import { Injectable } from '@nestjs/common';
import type { EventContract } from '@mono/bus';
import { OutboxSignal } from '@mono/bus/outbox';
import { normalInstant, type CallContext, type Changes } from '@mono/contract';
import { Database, type Executor } from '@mono/platform';
import { InvalidInputError, type FaultCode, UnavailableError } from '@mono/contract/errors';
import { occurrenceEvents, type OccurrenceEvent } from '../../contract/recurrence.events.js';
import type { CreateException, ExceptionPage, ExceptionQuery, OccurrenceException } from '../../contract/occurrence.js';
import { occurrencesOperations } from '../../contract/occurrences.operations.js';
import { recurrenceErrors } from '../../contract/recurrence.errors.js';
import { shownFields, startOf, withoutDue } from '../domain/content.js';
import { dateAt, scheduleOf } from '../domain/dates.js';
import { laterOf } from '../domain/later-of.js';
import { isProtected, isOutOfSync, withNextRevision, unwanted, wantedAgain } from '../domain/ledger.js';
import { horizonsOf } from '../domain/template-state.js';
import { Generation } from '../generation/generate.js';
import { holdAssignees } from '../members/members.js';
import type { OccurrenceRow } from '../domain/occurrence.js';
import { exceptionsOf } from '../persistence/occurrence-pages.store.js';
import { findLive, insertOccurrence, occurrencesByKey, saveOccurrences } from '../persistence/occurrences.store.js';
import { onceThen } from '../persistence/once-then.js';
import { publishOccurrenceEvent } from '../persistence/publish-events.js';
import { scheduleNow, type TemplateRow } from '../persistence/templates.store.js';
import { requireLocked, requireNotEnded, requireTemplate } from '../templates/require-template.js';
import { References } from '../templates/references.js';
import { requireChangeable, requireOccurrence } from './require-occurrence.js';
import { keyAfter, keyPage, readKeyPage } from './key-page.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
const EVENTS = {
  skip: occurrenceEvents.occurrence_skipped,
  move: occurrenceEvents.occurrence_moved,
  edit: occurrenceEvents.occurrence_edited,
} as const satisfies Record<CreateException['kind'], EventContract<OccurrenceEvent>>;

@Injectable()
export class Exceptions {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly references: References,
    private readonly generation: Generation,
  ) {}

  async create(context: CallContext, id: string, input: CreateException): Promise<OccurrenceException> {
    checkShape(input);
    await requireTemplate(this.database, context, id);
    const { members, ...named } = input.fields ? await this.references.resolve(context, input.fields) : { members: [] };
    const work = async (on: Executor): Promise<OccurrenceException> => {
      await holdAssignees(on, context, members);
      const template = await requireLocked(on, context, id);
      const row = await this.write(on, context, template, Object.assign({}, input, named));
      on.afterCommit(() => this.signal.wake());
      return toException(row);
    };
    const follow = async (made: OccurrenceException): Promise<OccurrenceException> => {
      await this.generation.generateAtOnce(id, context.requestId);
      return made;
    };
    const keyed = Object.assign({ id }, input);
    return onceThen(this.database, occurrencesOperations.createException, context, keyed, work, follow);
  }

  async find(context: CallContext, id: string, query: ExceptionQuery): Promise<ExceptionPage> {
    await requireTemplate(this.database, context, id);
    const request = readKeyPage(query, { exceptions_of: id });
    const rows = await exceptionsOf(this.database, context.principal, id, keyAfter(request), request.limit + 1);
    return keyPage(request, rows, toException);
  }

  async undo(context: CallContext, id: string, originalStart: string): Promise<void> {
    const { series_id: seriesId } = await requireTemplate(this.database, context, id);
    // Tasks has to know the latest revision first.
    await this.generation.generateAtOnce(id, context.requestId);
    await this.requireNotRestored(context, seriesId, originalStart);
    await this.database.transaction(async (on) => {
      const template = await requireLocked(on, context, id);
      await this.restore(on, context, template, originalStart);
      on.afterCommit(() => this.signal.wake());
    });
    await this.generation.generateAtOnce(id, context.requestId);
  }

  /** A restored task undoes the skip by itself, as soon as its event arrives. @throws UnavailableError */
  private async requireNotRestored(context: CallContext, seriesId: string, originalStart: string): Promise<void> {
    const [row] = await occurrencesByKey(this.database, seriesId, [originalStart]);
    if (!row?.skipped || !row.made || !(await this.references.taskExists(context, row.task_id))) return;
    throw new UnavailableError('The task of the occurrence is being restored: try again in a moment.');
  }

  /** On a locked template. */
  async write(
    on: Executor,
    context: CallContext,
    template: TemplateRow,
    input: CreateException,
  ): Promise<OccurrenceRow> {
    requireNotEnded(template);
    const { row: was, known } = await requireOccurrence(on, context.principal, template, input.original_start);
    if (was.skipped) {
      if (input.kind === 'skip') return was;
      throw recurrenceErrors.occurrence_skipped();
    }
    requireChangeable(template, was);
    requireInSync(was);
    const row = excepted(template, was, input);
    if (known) await saveOccurrences(on, [{ was, row }]);
    else await insertOccurrence(on, row);
    await scheduleNow(on, template.id);
    await publishOccurrenceEvent(on, context, EVENTS[input.kind], row, changesOf(was, row));
    return row;
  }

  private async restore(
    on: Executor,
    context: CallContext,
    template: TemplateRow,
    originalStart: string,
  ): Promise<void> {
    requireNotEnded(template);
    const { row: was } = await requireOccurrence(on, context.principal, template, originalStart);
    if (!isException(was)) throw recurrenceErrors.exception_not_found({ id: originalStart });
    requireChangeable(template, { ...was, moved_to: null });
    requireInSync(was);
    if (was.skipped && template.anchor === 'completion') await withdrawLive(on, template);
    const row = restored(template, was);
    await saveOccurrences(on, [{ was, row }]);
    await scheduleNow(on, template.id);
    await publishOccurrenceEvent(on, context, occurrenceEvents.occurrence_restored, row, changesOf(was, row));
  }
}

/** The kind says which of the others must be there, and which must not. @throws InvalidInputError */
function checkShape({ kind, at, fields }: CreateException): void {
  const edits = fields !== undefined && Object.values(fields).some((value) => value !== undefined);
  if (kind === 'move' && at === undefined) throw faulty('at', 'required', 'is required with kind move');
  if (kind !== 'move' && at !== undefined) throw faulty('at', 'not_combinable', 'is allowed with kind move only');
  if (kind === 'edit' && !edits) throw faulty('fields', 'required', 'must have at least one field with kind edit');
  if (kind === 'skip' && fields !== undefined)
    throw faulty('fields', 'not_combinable', 'is not allowed with kind skip');
  if (at !== undefined && Date.parse(normalInstant(at)) < Date.now())
    throw faulty('at', 'out_of_range', 'must not be in the past');
}

/** An occurrence gets a new task only after its former one is removed. @throws UnavailableError */
function requireInSync(was: OccurrenceRow): void {
  if (!was.wanted && isOutOfSync(was))
    throw new UnavailableError('The tasks module is unavailable: try again in a moment.');
}

function excepted(template: TemplateRow, was: OccurrenceRow, { kind, at, fields }: CreateException): OccurrenceRow {
  const marked = {
    ...was,
    exception_version: was.exception_version + 1,
    exception_at: laterOf(new Date().toISOString(), was.exception_at),
  };
  if (kind === 'skip') {
    const skipped = { ...marked, skipped: true, closed_at: marked.exception_at };
    return was.wanted ? unwanted(skipped, true) : skipped;
  }
  const given = Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined));
  const before = at === undefined ? was.fields : withoutDue(was.fields);
  const row: OccurrenceRow = {
    ...marked,
    moved_to: at === undefined ? was.moved_to : normalInstant(at),
    fields: Object.keys(given).length === 0 ? before : { ...before, ...given },
  };
  if (was.wanted) return withNextRevision(row, true);
  return isWithinHorizon(template, row) ? wantedAgain(row) : row;
}

function restored(template: TemplateRow, was: OccurrenceRow): OccurrenceRow {
  const row: OccurrenceRow = {
    ...was,
    skipped: false,
    moved_to: null,
    fields: null,
    closed_at: null,
    exception_version: was.exception_version + 1,
    exception_at: laterOf(new Date().toISOString(), was.exception_at),
  };
  const stands = template.status === 'active' && isOfRule(template, was);
  // It was kept because of the exception.
  if (was.wanted) return stands ? withNextRevision(row, true) : unwanted(row, true);
  return stands && isWithinHorizon(template, row) ? wantedAgain(row) : row;
}

/** Dates of a chain by completion depend on completions. */
function isOfRule(template: TemplateRow, { original_start: start }: OccurrenceRow): boolean {
  return template.anchor === 'completion' || dateAt(template, scheduleOf(template), start) !== undefined;
}

/** Whether its task has to exist; a chain by completion has no horizon. */
function isWithinHorizon(template: TemplateRow, row: OccurrenceRow): boolean {
  if (template.status !== 'active') return false;
  if (template.anchor === 'completion') return true;
  return Date.parse(startOf(row)) < Date.now() + horizonsOf(template).generationDays * DAY_MS;
}

/** Withdraws the occurrence that followed the skipped one. @throws DomainError `successor_touched` */
async function withdrawLive(on: Executor, template: TemplateRow): Promise<void> {
  const live = await findLive(on, template.id, template.series_id);
  if (!live) return;
  if (isProtected(live)) {
    throw recurrenceErrors.successor_touched({ task_id: live.task_id });
  }
  await saveOccurrences(on, [{ was: live, row: unwanted(live) }]);
}

export function isException({ skipped, moved_to: movedTo, fields }: OccurrenceRow): boolean {
  return skipped || movedTo !== null || fields !== null;
}

export function toException(row: OccurrenceRow): OccurrenceException {
  return {
    original_start: row.original_start,
    kind: row.skipped ? 'skip' : row.moved_to === null ? 'edit' : 'move',
    at: row.moved_to,
    fields: shownFields(row.fields),
    task_id: row.made && !row.skipped ? row.task_id : null,
    template_id: row.template_id,
    fits: row.fits,
    version: row.exception_version,
    updated_at: row.exception_at ?? row.at,
  };
}

export function changesOf(was: OccurrenceRow, row: OccurrenceRow): Changes {
  const changes: Changes = {};
  for (const field of ['skipped', 'moved_to', 'fields'] as const) {
    if (JSON.stringify(was[field]) !== JSON.stringify(row[field]))
      changes[field] = { from: was[field], to: row[field] };
  }
  return changes;
}

function faulty(field: string, code: FaultCode, issue: string): InvalidInputError {
  return new InvalidInputError([{ field, code, issue }]);
}
