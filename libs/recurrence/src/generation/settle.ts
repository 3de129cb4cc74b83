// Settling: tasks is asked for what the ledger says, a batch at a time. Whatever is asked twice has the same effect, so a
// crash between two lines costs one more question.
import { Injectable } from '@nestjs/common';
import type { CallContext } from '@mono/contract';
import { Database } from '@mono/platform';
import {
  MAX_OCCURRENCES,
  type MaterialiseOutcome,
  type OccurrenceContent,
  type OccurrenceInput,
  type OccurrenceRevision,
  OccurrencesClient,
  type ReviseOutcome,
  type TaskStatus,
} from '@mono/tasks/contract';
import { contentOf } from '../domain/content.js';
import {
  settleOccurrences,
  unsettledOccurrences,
  type OccurrenceRow,
  type Settlement,
} from '../persistence/occurrence-rows.js';
import { lockTemplate, type TemplateRow } from '../persistence/template-rows.js';
import { systemContext } from './system-context.js';

export interface Settled {
  /** The template's list is gone: nothing can be made. */
  listGone: boolean;
}

interface Batch {
  template: TemplateRow;
  rows: OccurrenceRow[];
}

@Injectable()
export class Settling {
  constructor(
    private readonly database: Database,
    private readonly tasks: OccurrencesClient,
  ) {}

  /**
   * Until nothing of the template is unsettled. @param signal ends it between two batches.
   * @throws UnavailableError where tasks cannot be reached; what was settled until then stays.
   */
  async settle(templateId: string, requestId: string, signal?: AbortSignal): Promise<Settled> {
    for (;;) {
      signal?.throwIfAborted();
      const batch = await this.read(templateId);
      if (!batch) return { listGone: false };
      const settlements = await this.ask(batch, requestId);
      if (settlements === 'list gone') return { listGone: true };
      await this.database.transaction(async (on) => {
        await lockTemplate(on, templateId);
        await settleOccurrences(on, settlements);
      });
    }
  }

  private async read(templateId: string): Promise<Batch | undefined> {
    // The template and its rows as of one moment: a revision says what was known when it was raised.
    return this.database.transaction(async (on) => {
      const template = await lockTemplate(on, templateId);
      const rows = template ? await unsettledOccurrences(on, templateId, MAX_OCCURRENCES) : [];
      return template && rows.length > 0 ? { template, rows } : undefined;
    });
  }

  private async ask({ template, rows }: Batch, requestId: string): Promise<Settlement[] | 'list gone'> {
    const context = systemContext(template.workspace_id, requestId);
    const { fresh, known } = partsOf(rows);
    const made = await this.materialise(context, template, fresh);
    const revised = await this.revise(context, template, [...known, ...made.known]);
    // Tasks has never heard of them, or has lost them.
    const remade = await this.materialise(context, template, revised.unknown);
    if (made.listGone || revised.listGone || remade.listGone) return 'list gone';
    return [...made.settlements, ...revised.settlements, ...remade.settlements];
  }

  private async materialise(
    context: CallContext,
    template: TemplateRow,
    rows: readonly OccurrenceRow[],
  ): Promise<{ settlements: Settlement[]; known: OccurrenceRow[]; listGone: boolean }> {
    const asked = { settlements: [] as Settlement[], known: [] as OccurrenceRow[], listGone: false };
    if (rows.length === 0) return asked;
    const occurrences = rows.map((row) => inputOf(template, row));
    const { results } = await this.tasks.materialise(context, { occurrences });
    for (const [index, row] of rows.entries()) {
      const { outcome, status } = results[index] ?? missing();
      // Made before, perhaps as something else: it is told what it is now.
      if (outcome === 'known') asked.known.push(row);
      else if (outcome === 'list_not_found' && endsWithList(template, row)) asked.listGone = true;
      else asked.settlements.push(madeAs(row, outcome, status));
    }
    return asked;
  }

  private async revise(
    context: CallContext,
    template: TemplateRow,
    rows: readonly OccurrenceRow[],
  ): Promise<{ settlements: Settlement[]; unknown: OccurrenceRow[]; listGone: boolean }> {
    const asked = { settlements: [] as Settlement[], unknown: [] as OccurrenceRow[], listGone: false };
    if (rows.length === 0) return asked;
    const { results } = await this.tasks.revise(context, { revisions: rows.map((row) => revisionOf(template, row)) });
    for (const [index, row] of rows.entries()) {
      const { outcome, status } = results[index] ?? missing();
      if (outcome === 'unknown') asked.unknown.push(row);
      else if (outcome === 'list_not_found' && endsWithList(template, row)) asked.listGone = true;
      else asked.settlements.push(revisedAs(row, outcome, status));
    }
    return asked;
  }
}

function partsOf(rows: readonly OccurrenceRow[]): { fresh: OccurrenceRow[]; known: OccurrenceRow[] } {
  const fresh = rows.filter(({ wanted, made }) => wanted && !made);
  return { fresh, known: rows.filter((row) => !fresh.includes(row)) };
}

/** Whether the template is still to end with its list. One that was put into another list goes with that, as tasks do. */
function endsWithList({ status }: TemplateRow, { fields }: OccurrenceRow): boolean {
  return status !== 'ended' && fields?.list_id === undefined;
}

function missing(): never {
  throw new Error('Tasks has answered of fewer occurrences than it was asked.');
}

function namesOf(template: TemplateRow, row: OccurrenceRow): Omit<OccurrenceInput, keyof OccurrenceContent> {
  return {
    task_id: row.task_id,
    revision: row.revision,
    template_id: template.id,
    series_id: template.series_id,
    original_start: row.original_start,
  };
}

function inputOf(template: TemplateRow, row: OccurrenceRow): OccurrenceInput {
  return Object.assign(namesOf(template, row), contentOf(template, row), { successor_of: row.predecessor_id });
}

function revisionOf(template: TemplateRow, row: OccurrenceRow): OccurrenceRevision {
  const content = row.wanted ? contentOf(template, row) : null;
  const cause = row.zone_revision === row.revision ? ({ cause: 'zone_data' } as const) : {};
  return { ...namesOf(template, row), content, force: row.forced, ...cause };
}

function madeAs(row: OccurrenceRow, outcome: MaterialiseOutcome, status: TaskStatus | undefined): Settlement {
  // Somebody has reopened the one before: that one is live again.
  if (outcome === 'predecessor_open') return settled(row, { wanted: false });
  if (outcome === 'list_not_found') return settled(row, { wanted: false, gone: true });
  return settled(row, { made: true, task_status: status ?? 'todo' });
}

function revisedAs(row: OccurrenceRow, outcome: ReviseOutcome, status: TaskStatus | undefined): Settlement {
  const made = { made: true, task_status: status ?? null };
  // Somebody has worked on what was to go: it stays theirs.
  if (outcome === 'touched' && !row.wanted) return settled(row, { ...made, wanted: true });
  // By a user, as a rule, whose event is on its way: also where it was to go anyway, lest it come back.
  if (outcome === 'gone' || (row.wanted && outcome === 'list_not_found')) {
    return settled(row, { ...made, wanted: false, gone: true });
  }
  return settled(row, made);
}

function settled(row: OccurrenceRow, more: Partial<Settlement>): Settlement {
  return {
    task_id: row.task_id,
    revision: row.revision,
    made: false,
    wanted: null,
    gone: false,
    task_status: null,
    ...more,
  };
}
