// The store of templates. Callers write the event of a change in the same transaction.
import type { Principal } from '@mono/contract';
import { wallTimeAt } from '@mono/contract/zones';
import type { Executor, Statement } from '@mono/platform';
import type { Template } from '../../contract/template.js';
import type { TemplateProblem } from '../../contract/template-constants.js';
import { TEMPLATE_FIELDS, type Standing, type TemplateState } from '../domain/template-state.js';
import { openAndAssignedTo } from './occurrences.store.js';

/** How a template has been stopped. */
export interface Marks {
  deleted_at: string | null;
  deleted_by: Pick<Principal, 'kind' | 'id'> | null;
  /** To return to; null if it is not in the trash. */
  before_deletion: Standing | null;
  /** To return to when its list is restored; null if it has not ended with its list. */
  before_list_deletion: Standing | null;
  /** Erased as soon as tasks knows its latest revisions. */
  purge: boolean;
}

export interface TemplateRow extends TemplateState, Marks {
  id: string;
  workspace_id: string;
  series_id: string;
  revision: number;
  planned_revision: number;
  /** The revision that new zone data has raised. */
  zone_revision: number;
  /** The first `original_start` that the ledger does not reach; null: it begins at `plan_from`. */
  planned_before: string | null;
  planned_through: string | null;
  generated_through: string | null;
  next_run_at: string | null;
  problem: TemplateProblem | null;
  version: number;
  created_at: string;
  updated_at: string;
}

export const TEMPLATE_COLUMNS = `t.id, t.workspace_id, t.series_id, t.list_id, t.title, t.description, t.priority, t.tags, t.assignee_id,
  t.estimated_duration, t.rule, t.due_offset, t.subtasks, t.anchor, t.lead_days, t.sync_horizon_days, t.generation_horizon_days,
  t.status, t.starts_from, t.ends_before, t.zone, t.plan_from, t.revision, t.planned_revision, t.zone_revision, t.planned_before, t.planned_through,
  t.generated_through, t.next_run_at, t.paused_at, t.ended_at, t.resumes_at, t.ends_at, t.deleted_at, t.deleted_by, t.before_deletion, t.before_list_deletion, t.purge, t.problem, t.version, t.created_at, t.updated_at`;

const STATE = [
  ...TEMPLATE_FIELDS,
  'status',
  'starts_from',
  'ends_before',
  'zone',
  'plan_from',
  'paused_at',
  'ended_at',
  'resumes_at',
  'ends_at',
] as const satisfies readonly (keyof TemplateState)[];

const MARKS = [
  'deleted_at',
  'deleted_by',
  'before_deletion',
  'before_list_deletion',
  'purge',
] as const satisfies readonly (keyof Marks)[];

const WRITTEN = [...MARKS, ...STATE];
const WRITTEN_OFFSET = 4;
/** When the reconciler runs a template again after a crash between planning and synchronisation. */
const CRASH_SECONDS = 30;
/** When the reconciler runs a template again whose job has become a dead letter. */
const POSTPONED = `now() + interval '1 hour'`;

const INSERT: Statement = {
  name: 'recurrence.insert_template',
  text: `INSERT INTO recurrence.template AS t (id, workspace_id, series_id, created_at, updated_at, next_run_at, ${STATE.join(', ')})
    SELECT $1, $2, $3, i.at, i.at, i.at, ${STATE.map((_column, index) => `$${index + 4}`).join(', ')}
    FROM (SELECT clock_timestamp()::timestamptz(3) AS at) i RETURNING ${TEMPLATE_COLUMNS}`,
};

const UPDATE: Statement = {
  name: 'recurrence.update_template',
  text: `UPDATE recurrence.template t SET ${WRITTEN.map((column, index) => `${column} = $${index + WRITTEN_OFFSET}`).join(', ')},
      version = t.version + 1, updated_at = greatest(clock_timestamp()::timestamptz(3), t.updated_at),
      revision = t.revision + ($3 <> 'as planned')::int,
      planned_before = CASE WHEN $3 = 'from its start' THEN NULL ELSE t.planned_before END, next_run_at = now()
    WHERE t.id = $1 AND t.version = $2 RETURNING ${TEMPLATE_COLUMNS}`,
};

/** Deleted templates are not found. */
const READ: Statement = {
  name: 'recurrence.read_template',
  text: `SELECT ${TEMPLATE_COLUMNS} FROM recurrence.template t WHERE t.id = $1 AND t.deleted_at IS NULL`,
};

const LOCK: Statement = {
  name: 'recurrence.lock_template',
  text: `SELECT ${TEMPLATE_COLUMNS} FROM recurrence.template t WHERE t.id = $1 FOR UPDATE`,
};

export async function insertTemplate(
  on: Executor,
  ids: { id: string; workspace_id: string; series_id: string },
  state: TemplateState,
): Promise<TemplateRow> {
  const [row] = await on.query<TemplateRow>(INSERT, [ids.id, ids.workspace_id, ids.series_id, ...valuesOf(state)]);
  if (!row) throw new Error('Invariant violated: a template was not inserted.');
  return row;
}

/** The effect of a change on the plan: none, planned occurrences follow, or planning starts again at `plan_from`. */
export type Replanning = 'as planned' | 'what is planned' | 'from its start';

/** On a locked row. @param change its effect on the plan, and the marks that change. */
export async function updateTemplate(
  on: Executor,
  row: TemplateRow,
  state: TemplateState,
  { replan, marks = {} }: { replan: Replanning; marks?: Partial<Marks> },
): Promise<TemplateRow> {
  const marked = { ...row, ...marks };
  const values = [...MARKS.map((column) => asColumn(marked[column])), ...valuesOf(state)];
  const [updated] = await on.query<TemplateRow>(UPDATE, [row.id, row.version, replan, ...values]);
  if (!updated) throw new Error('Invariant violated: a locked template has changed.');
  return updated;
}

/** On a locked row. Clients see no change. */
export async function saveMarks(on: Executor, { id }: Pick<TemplateRow, 'id'>, marks: Partial<Marks>): Promise<void> {
  const columns = MARKS.filter((column) => marks[column] !== undefined);
  await on.query(
    `UPDATE recurrence.template SET ${columns.map((column, index) => `${column} = $${index + 2}`).join(', ')} WHERE id = $1`,
    [id, ...columns.map((column) => asColumn(marks[column] ?? null))],
  );
}

export async function readTemplate(on: Executor, id: string): Promise<TemplateRow | undefined> {
  const [row] = await on.query<TemplateRow>(READ, [id]);
  return row;
}

/** Also a deleted one. */
export async function readAnyTemplate(on: Executor, id: string): Promise<TemplateRow | undefined> {
  const [row] = await on.query<TemplateRow>(`SELECT ${TEMPLATE_COLUMNS} FROM recurrence.template t WHERE t.id = $1`, [
    id,
  ]);
  return row;
}

export async function findListOfTemplate(on: Executor, workspaceId: string, id: string): Promise<string | null> {
  const [row] = await on.query<{ list_id: string }>(
    {
      name: 'recurrence.list_of_template',
      text: 'SELECT list_id FROM recurrence.template WHERE workspace_id = $1 AND id = $2',
    },
    [workspaceId, id],
  );
  return row?.list_id ?? null;
}

/** In a transaction. Also finds deleted templates, whose tasks may still exist. */
export async function lockTemplate(on: Executor, id: string): Promise<TemplateRow | undefined> {
  const [row] = await on.query<TemplateRow>(LOCK, [id]);
  return row;
}

/** Saves how far the ledger is planned. @returns when the reconciler runs the template again. */
export async function savePlan(
  on: Executor,
  { id }: Pick<TemplateRow, 'id'>,
  plan: { revision: number; before: string | null; through: string | null },
): Promise<string> {
  const [row] = await on.query<{ next_run_at: string }>(
    {
      name: 'recurrence.save_plan',
      text: `UPDATE recurrence.template SET planned_revision = $2, planned_before = $3, planned_through = $4,
          next_run_at = 
            greatest(least(coalesce(next_run_at, now()), ${POSTPONED}), now() + make_interval(secs => $5)) WHERE id = $1 RETURNING next_run_at`,
    },
    [id, plan.revision, plan.before, plan.through, CRASH_SECONDS],
  );
  if (!row) throw new Error('Invariant violated: a locked template is missing.');
  return row.next_run_at;
}

/** Every planned occurrence has its task. A run that was requested meanwhile stays. @param plannedRunAt the result of savePlan. */
export async function saveGenerated(
  on: Executor,
  { id, revision }: Pick<TemplateRow, 'id' | 'revision'>,
  { plannedRunAt, nextRunAt }: { plannedRunAt: string; nextRunAt: Date | null },
): Promise<void> {
  await on.query(
    {
      name: 'recurrence.save_generated',
      text: `UPDATE recurrence.template t SET generated_through = t.planned_through, next_run_at = $4
        WHERE t.id = $1 AND t.revision = $2 AND t.next_run_at = $3 AND NOT EXISTS (
          SELECT FROM recurrence.occurrence o WHERE o.template_id = t.id AND o.settled_revision < o.revision)`,
    },
    [id, revision, plannedRunAt, nextRunAt],
  );
}

function asColumn(mark: Marks[keyof Marks]): unknown {
  return typeof mark === 'object' && mark !== null ? JSON.stringify(mark) : mark;
}

const JSON_COLUMNS: ReadonlySet<keyof TemplateState> = new Set(['rule', 'subtasks']);

function valuesOf(state: TemplateState): unknown[] {
  return STATE.map((column) => {
    const value = state[column];
    return JSON_COLUMNS.has(column) && value !== null ? JSON.stringify(value) : value;
  });
}

/** @param nextAt when the next occurrence starts; undefined for none. */
export function toTemplate(row: TemplateRow, nextAt: string | undefined): Template {
  return {
    id: row.id,
    series_id: row.series_id,
    list_id: row.list_id,
    title: row.title,
    description: row.description,
    priority: row.priority,
    tags: row.tags,
    assignee_id: row.assignee_id,
    estimated_duration: row.estimated_duration,
    rule: row.rule,
    due_offset: row.due_offset,
    subtasks: row.subtasks ?? [],
    anchor: row.anchor,
    lead_days: row.lead_days,
    sync_horizon_days: row.sync_horizon_days,
    generation_horizon_days: row.generation_horizon_days,
    status: row.status,
    problem: row.problem,
    starts_from: row.starts_from,
    ends_before: row.ends_before,
    next_at: nextAt ?? null,
    next_on: nextAt === undefined ? null : dayAt(row.zone, nextAt),
    generated_through: row.generated_through,
    paused_at: row.paused_at,
    resumes_at: row.resumes_at,
    ended_at: row.ended_at,
    ends_at: row.ends_at,
    version: row.version,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

/** The local date of an instant. */
function dayAt(zone: string, instant: string): string {
  return wallTimeAt(zone, Date.parse(instant)).toPlainDate().toString();
}

/** On a locked row. With a problem, the template does not run again until it changes. @returns the updated row. */
export async function saveProblem(
  on: Executor,
  { id }: Pick<TemplateRow, 'id'>,
  problem: TemplateProblem | null,
): Promise<TemplateRow> {
  const [row] = await on.query<TemplateRow>(
    {
      name: 'recurrence.save_problem',
      text: `UPDATE recurrence.template t SET problem = $2, version = t.version + (t.problem IS DISTINCT FROM $2)::int,
          updated_at = CASE WHEN t.problem IS DISTINCT FROM $2
            THEN greatest(clock_timestamp()::timestamptz(3), t.updated_at) ELSE t.updated_at END,
          next_run_at = CASE WHEN $2 IS NULL THEN t.next_run_at END
        WHERE t.id = $1 RETURNING ${TEMPLATE_COLUMNS}`,
    },
    [id, problem],
  );
  if (!row) throw new Error('Invariant violated: a locked template is missing.');
  return row;
}

/** The reconciler runs the template soon. */
export async function scheduleNow(on: Executor, id: string): Promise<void> {
  await on.query('UPDATE recurrence.template SET next_run_at = now() WHERE id = $1', [id]);
}

/** The reconciler does not run the template for a while. */
export async function postpone(on: Executor, id: string): Promise<void> {
  await on.query(
    `UPDATE recurrence.template SET next_run_at = ${POSTPONED} WHERE id = $1 AND next_run_at IS NOT NULL`,
    [id],
  );
}

/** A position in the order of the index `template_of_workspace`. */
export interface TemplatePlace {
  id: string;
  created_at: string;
}

/** The next template that has not ended for good and is assigned to the user, itself or by an open occurrence. */
export async function nextTemplateAssignedTo(
  on: Executor,
  { workspaceId, userId }: { workspaceId: string; userId: string },
  from: TemplatePlace | undefined,
): Promise<TemplatePlace | undefined> {
  const [row] = await on.query<TemplatePlace>(
    `SELECT t.id, t.created_at FROM recurrence.template t
     WHERE t.workspace_id = $1 AND t.deleted_at IS NULL AND (t.status <> 'ended' OR t.before_list_deletion IS NOT NULL)
       AND ($3::timestamptz IS NULL OR (t.created_at, t.id) >= ($3, $4::uuid))
       AND (t.assignee_id = $2::uuid OR (t.subtasks IS NOT NULL AND EXISTS (
         SELECT FROM json_array_elements(t.subtasks) s WHERE s->>'assignee_id' = $2::uuid::text)) OR EXISTS (
         SELECT FROM recurrence.occurrence o WHERE o.template_id = t.id AND ${openAndAssignedTo('$2')}))
     ORDER BY t.created_at, t.id LIMIT 1`,
    [workspaceId, userId, from?.created_at ?? null, from?.id ?? null],
  );
  return row;
}
