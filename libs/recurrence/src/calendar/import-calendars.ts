// Imports a calendar: reads it, validates all of it, and creates its templates in one transaction.
import { Injectable } from '@nestjs/common';
import { InvalidInputError, readInput, type CallContext } from '@mono/contract';
import { Database, Slices, type Executor } from '@mono/platform';
import type { ImportCalendar, ImportedCalendar } from '../../contract/calendar.js';
import { calendarsOperations } from '../../contract/calendars.operations.js';
import type { CreateException } from '../../contract/occurrence.js';
import { CreateTemplate } from '../../contract/template.js';
import { Budget, CALENDAR_STEPS, RULE_STEPS, RuleTooExpensiveError } from '../domain/budget.js';
import { Schedule } from '../domain/schedule.js';
import { Generation } from '../generation/generate.js';
import { Exceptions } from '../occurrences/exceptions.js';
import { onceThen } from '../persistence/once-then.js';
import { toTemplate, type TemplateRow } from '../persistence/templates.store.js';
import { nextStarts } from '../templates/next-occurrences.js';
import { newState, Templates } from '../templates/templates.js';
import { References } from '../templates/references.js';
import { instantOf, localIn } from './reading/calendar-time.js';
import { readCalendar, type ReadOverride, type ReadTemplate } from './reading/read-calendar.js';
import type { Refusal } from './reading/refusal.js';

interface Prepared {
  input: CreateTemplate;
  zone: string;
  exceptions: CreateException[];
}

/** Templates whose tasks are generated before the reply; jobs generate those of the others. */
const AT_ONCE = 20;
/** Occurrences that start within this time may be past when they are created. */
const MARGIN_MS = 60_000;

@Injectable()
export class ImportCalendars {
  constructor(
    private readonly database: Database,
    private readonly references: References,
    private readonly templates: Templates,
    private readonly exceptions: Exceptions,
    private readonly generation: Generation,
  ) {}

  async import(context: CallContext, input: ImportCalendar): Promise<ImportedCalendar> {
    const slices = new Slices();
    const { templates, ignored, refusal } = await readCalendar(input.content, slices);
    const listId = await this.references.listOf(context, input.list_id);
    const floating = await this.references.zoneIn(context, listId);
    const budget = new Budget(CALENDAR_STEPS);
    const prepared: (Prepared | undefined)[] = [];
    for (const template of templates) {
      await slices.pause();
      prepared.push(prepare(template, { floating, refusal, budget }));
    }
    refusal.requireNone();
    const work = async (on: Executor): Promise<ImportedCalendar> => {
      const rows: TemplateRow[] = [];
      for (const one of prepared) if (one) rows.push(await this.make(on, context, one, listId));
      const next = await nextStarts(on, context.principal, rows);
      return { items: rows.map((row) => toTemplate(row, next.get(row.id))), ignored };
    };
    const follow = async (made: ImportedCalendar): Promise<ImportedCalendar> => {
      for (const { id } of made.items.slice(0, AT_ONCE)) await this.generation.generateAtOnce(id, context.requestId);
      return made;
    };
    return onceThen(this.database, calendarsOperations.importCalendar, context, input, work, follow);
  }

  private async make(
    on: Executor,
    context: CallContext,
    { input, zone, exceptions }: Prepared,
    listId: string,
  ): Promise<TemplateRow> {
    const row = await this.templates.insert(on, context, newState(input, listId, zone));
    for (const exception of exceptions) await this.exceptions.write(on, context, row, exception);
    return row;
  }
}

/** The property of each field of a template. */
const PROPERTIES: Readonly<Record<string, string>> = {
  title: 'SUMMARY',
  description: 'DESCRIPTION',
  tags: 'CATEGORIES',
  priority: 'PRIORITY',
  due_offset: 'DURATION',
  'rule.dtstart': 'DTSTART',
  'rule.timezone': 'DTSTART',
  'rule.rdate': 'RDATE',
  'rule.exdate': 'EXDATE',
};

/** @returns undefined when it is refused. */
function prepare(
  template: ReadTemplate,
  { floating, refusal, budget }: { floating: string; refusal: Refusal; budget: Budget },
): Prepared | undefined {
  const { uid, overrides, rule, title, description, priority, tags, due_offset } = template;
  const zone = rule.timezone ?? floating;
  try {
    const asked = { title, description, priority, tags, due_offset, rule };
    const input = readInput(CreateTemplate, asked, 'template');
    const schedule = Schedule.of(input.rule, zone, new Budget(RULE_STEPS, budget));
    const exceptions = overrides.flatMap((override) => exceptionOf(uid, override, { zone, schedule }, refusal));
    return { input, zone, exceptions };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    if (budget.isSpent)
      throw new RuleTooExpensiveError([
        { field: 'content', issue: 'takes too many steps: import fewer rules at once' },
      ]);
    const faults = Array.isArray(error.details) ? error.details : [];
    for (const { field, issue } of faults)
      refusal.add(uid, PROPERTIES[field.replace(/\[\d+\]$/, '')] ?? 'RRULE', issue, error.code);
    return undefined;
  }
}

/** Past occurrences get no exception. */
function exceptionOf(
  uid: string,
  { recurrenceId, start, isCancelled, fields }: ReadOverride,
  { zone, schedule }: { zone: string; schedule: Schedule },
  refusal: Refusal,
): CreateException[] {
  const originalStart = localIn(recurrenceId, zone);
  const date = schedule.at(originalStart);
  if (!date) {
    refusal.add(uid, 'RECURRENCE-ID', `names no occurrence: ${originalStart}`);
    return [];
  }
  const soonMs = Date.now() + MARGIN_MS;
  if (date.at < soonMs) return [];
  const at = instantOf(start, zone);
  const asked = { original_start: originalStart };
  // An occurrence that was moved into the past is skipped.
  if (isCancelled || at < soonMs) return [{ ...asked, kind: 'skip' }];
  const changed = Object.keys(fields).length > 0 ? { fields } : {};
  if (at !== date.at) return [{ ...asked, kind: 'move', at: new Date(at).toISOString(), ...changed }];
  return 'fields' in changed ? [{ ...asked, kind: 'edit', ...changed }] : [];
}
