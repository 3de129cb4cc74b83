// Brings the tasks of a template in line with the ledger: tasks is asked to create or revise each occurrence whose revision it
// does not know yet, a batch at a time. Requests may be repeated, so that a crash costs one more request.
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
import { contentOf, subtasksOf } from '../domain/content.js';
import { isProtected } from '../domain/ledger.js';
import type { OccurrenceRow } from '../domain/occurrence.js';
import { occurrencesToSync, saveSyncResults, type SyncResult } from '../persistence/task-sync.store.js';
import { lockTemplate, type TemplateRow } from '../persistence/templates.store.js';
import { systemContext } from '../call-contexts.js';

interface Batch {
  template: TemplateRow;
  rows: OccurrenceRow[];
}

interface Created {
  results: SyncResult[];
  /** Their tasks exist already, perhaps with another content. */
  known: OccurrenceRow[];
  listDeleted: boolean;
}

interface Revised {
  results: SyncResult[];
  /** Tasks does not know their tasks. */
  unknown: OccurrenceRow[];
  listDeleted: boolean;
}

@Injectable()
export class TaskSync {
  constructor(
    private readonly database: Database,
    private readonly tasks: OccurrencesClient,
  ) {}

  /**
   * Runs until tasks knows every revision. @param signal ends it between two batches.
   * @returns whether the template's list is deleted, so that its tasks cannot be created or moved there.
   * @throws UnavailableError when tasks cannot be reached; the batches before are saved.
   */
  async sync(templateId: string, requestId: string, signal?: AbortSignal): Promise<{ listDeleted: boolean }> {
    for (;;) {
      signal?.throwIfAborted();
      const batch = await this.read(templateId);
      if (!batch) return { listDeleted: false };
      const results = await this.request(batch, requestId);
      if (!results) return { listDeleted: true };
      await this.database.transaction(async (on) => {
        await lockTemplate(on, templateId);
        await saveSyncResults(on, results);
      });
    }
  }

  private async read(templateId: string): Promise<Batch | undefined> {
    // The template and its rows belong to one moment: a revision stands for the content at the time when it was raised.
    return this.database.transaction(async (on) => {
      const template = await lockTemplate(on, templateId);
      const rows = template ? await occurrencesToSync(on, templateId, MAX_OCCURRENCES) : [];
      return template && rows.length > 0 ? { template, rows } : undefined;
    });
  }

  /** @returns undefined when the template's list is deleted. */
  private async request({ template, rows }: Batch, requestId: string): Promise<SyncResult[] | undefined> {
    const context = systemContext(template.workspace_id, requestId);
    const { fresh, known } = partsOf(rows);
    const created = await this.create(context, template, fresh);
    const revised = await this.revise(context, template, [...known, ...created.known]);
    // Tasks has never received them, or has lost them.
    const recreated = await this.create(context, template, revised.unknown);
    if (created.listDeleted || revised.listDeleted || recreated.listDeleted) return undefined;
    return [...created.results, ...revised.results, ...recreated.results];
  }

  private async create(context: CallContext, template: TemplateRow, rows: readonly OccurrenceRow[]): Promise<Created> {
    const created: Created = { results: [], known: [], listDeleted: false };
    if (rows.length === 0) return created;
    const occurrences = rows.map((row) => inputOf(template, row));
    const { results } = await this.tasks.materialise(context, { occurrences });
    for (const [index, row] of rows.entries()) {
      const { outcome, status } = results[index] ?? missing();
      if (outcome === 'known') created.known.push(row);
      else if (outcome === 'list_not_found' && endsWithList(template, row)) created.listDeleted = true;
      else created.results.push(createdAs(template, row, outcome, status));
    }
    return created;
  }

  private async revise(context: CallContext, template: TemplateRow, rows: readonly OccurrenceRow[]): Promise<Revised> {
    const revised: Revised = { results: [], unknown: [], listDeleted: false };
    if (rows.length === 0) return revised;
    const { results } = await this.tasks.revise(context, { revisions: rows.map((row) => revisionOf(template, row)) });
    for (const [index, row] of rows.entries()) {
      const { outcome, status } = results[index] ?? missing();
      if (outcome === 'unknown') revised.unknown.push(row);
      else if (outcome === 'list_not_found' && endsWithList(template, row)) revised.listDeleted = true;
      else revised.results.push(revisedAs(row, outcome, status));
    }
    return revised;
  }
}

function partsOf(rows: readonly OccurrenceRow[]): { fresh: OccurrenceRow[]; known: OccurrenceRow[] } {
  const fresh = rows.filter(({ wanted, made }) => wanted && !made);
  return { fresh, known: rows.filter((row) => !fresh.includes(row)) };
}

/** An occurrence that was moved to another list goes with that list instead. */
function endsWithList({ status, before_list_deletion: before }: TemplateRow, row: OccurrenceRow): boolean {
  if (row.fields?.list_id !== undefined) return false;
  // Its task was to move to the list, and is still in another one.
  return status !== 'ended' || (before !== null && row.made && !isProtected(row));
}

function missing(): never {
  throw new Error('Invariant violated: tasks has returned fewer results than there were occurrences.');
}

function identityOf(template: TemplateRow, row: OccurrenceRow): Omit<OccurrenceInput, keyof OccurrenceContent> {
  return {
    task_id: row.task_id,
    revision: row.revision,
    template_id: template.id,
    series_id: template.series_id,
    original_start: row.original_start,
  };
}

function fullContentOf(template: TemplateRow, row: OccurrenceRow): OccurrenceContent {
  const subtasks = subtasksOf(template, row);
  // Only if there are any: nodes of the previous release refuse the field.
  return subtasks === undefined ? contentOf(template, row) : { ...contentOf(template, row), subtasks };
}

function inputOf(template: TemplateRow, row: OccurrenceRow): OccurrenceInput {
  // Only if true: nodes of the previous release refuse the field.
  const again = row.generation > 0 ? { again: true } : {};
  return Object.assign(identityOf(template, row), fullContentOf(template, row), {
    successor_of: row.predecessor_id,
    ...again,
  });
}

function revisionOf(template: TemplateRow, row: OccurrenceRow): OccurrenceRevision {
  const content = row.wanted ? fullContentOf(template, row) : null;
  const cause = row.zone_revision === row.revision ? ({ cause: 'zone_data' } as const) : {};
  return { ...identityOf(template, row), content, force: row.forced, ...cause };
}

function createdAs(
  { before_list_deletion: before }: TemplateRow,
  row: OccurrenceRow,
  outcome: MaterialiseOutcome,
  status: TaskStatus | undefined,
): SyncResult {
  // The predecessor was reopened, and is live again.
  if (outcome === 'predecessor_open') return resultOf(row, { wanted: false });
  // An earlier task was restored. Its event is on its way.
  if (outcome === 'other_exists') return resultOf(row, { wanted: false });
  // With its list, the template may return.
  if (outcome === 'list_not_found') return resultOf(row, { wanted: false, gone: before === null });
  return resultOf(row, { made: true, task_status: status ?? 'todo' });
}

function revisedAs(row: OccurrenceRow, outcome: ReviseOutcome, status: TaskStatus | undefined): SyncResult {
  const made = { made: true, task_status: status ?? null };
  // A task that a user has worked on is not removed.
  if (outcome === 'touched' && !row.wanted) return resultOf(row, { ...made, wanted: true });
  // A user has deleted it, as a rule, and the event is on its way. A task that was to go must not come back either.
  if (outcome === 'gone') return resultOf(row, { ...made, wanted: false, gone: true });
  // With `list_not_found`, the task stays in the list where it is.
  return resultOf(row, made);
}

function resultOf(row: OccurrenceRow, more: Partial<SyncResult>): SyncResult {
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
