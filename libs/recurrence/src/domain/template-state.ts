// The state of a template, and the changes between two states.
import { InvalidInputError, type FieldFault } from '@mono/contract/errors';
import type { TemplateEvent } from '../../contract/recurrence.events.js';
import type { Rule } from '../../contract/rule.js';
import type { TemplateSubtask } from '../../contract/template-subtask.js';
import type { Anchor, TemplateStatus } from '../../contract/template-constants.js';
import { laterOf } from './later-of.js';
import type { TaskPriority } from './task.js';

/** The fields that clients set. */
export interface TemplateFields {
  list_id: string;
  title: string;
  description: string | null;
  priority: TaskPriority;
  tags: string[];
  assignee_id: string | null;
  estimated_duration: string | null;
  rule: Rule;
  due_offset: string | null;
  /** Null: it has never had any. */
  subtasks: TemplateSubtask[] | null;
  anchor: Anchor;
  lead_days: number | null;
  sync_horizon_days: number;
  generation_horizon_days: number;
}

export const TEMPLATE_FIELDS = [
  'list_id',
  'title',
  'description',
  'priority',
  'tags',
  'assignee_id',
  'estimated_duration',
  'rule',
  'due_offset',
  'subtasks',
  'anchor',
  'lead_days',
  'sync_horizon_days',
  'generation_horizon_days',
] as const satisfies readonly (keyof TemplateFields)[];

/** Instants are RFC 3339 in UTC. */
export interface TemplateState extends TemplateFields {
  status: TemplateStatus;
  /** Bounds of a part of a split series, as `original_start`: inclusive and exclusive. */
  starts_from: string | null;
  ends_before: string | null;
  /** The zone that the rule is read in. */
  zone: string;
  /** Occurrences that start earlier get no task. */
  plan_from: string;
  paused_at: string | null;
  ended_at: string | null;
  /** When a paused template resumes by itself, and when a template ends by itself. */
  resumes_at: string | null;
  ends_at: string | null;
}

/** Whether it generates tasks, and since when it does not. */
export type Standing = Pick<TemplateState, 'status' | 'paused_at' | 'ended_at'> &
  // Nodes of the release before keep it without these.
  Partial<Pick<TemplateState, 'resumes_at' | 'ends_at'>>;

export function standingOf({ status, paused_at, ended_at, resumes_at, ends_at }: TemplateState): Standing {
  return { status, paused_at, ended_at, resumes_at, ends_at };
}

/** As it was before, without the occurrences that it has missed. */
export function returnedTo<State extends TemplateState>(state: State, standing: Standing, now: string): State {
  const plan_from = standing.status === 'active' ? laterOf(state.plan_from, now) : state.plan_from;
  return { ...state, ...standing, plan_from };
}

export const TEMPLATE_DEFAULTS = {
  description: null,
  priority: 'medium',
  tags: [],
  assignee_id: null,
  estimated_duration: null,
  due_offset: null,
  subtasks: null,
  anchor: 'schedule',
  lead_days: null,
  sync_horizon_days: 14,
  generation_horizon_days: 365,
} as const satisfies Partial<TemplateFields>;

const SHOWN = [...TEMPLATE_FIELDS, 'status', 'starts_from', 'ends_before', 'resumes_at', 'ends_at'] as const;

/** Old and new value of each field that differs; null for a template before its creation and after its deletion. */
export function changesBetween(
  from: TemplateState | undefined,
  to: TemplateState | undefined,
): TemplateEvent['changes'] {
  const changes: TemplateEvent['changes'] = {};
  for (const field of SHOWN) {
    const before = from?.[field] ?? null;
    const after = to?.[field] ?? null;
    if (JSON.stringify(before) !== JSON.stringify(after)) changes[field] = { from: before, to: after };
  }
  return changes;
}

/** The fields that a client sends. */
export type Given = { [F in keyof TemplateFields]?: TemplateFields[F] | undefined };

/** Overrides the given fields. */
export function withFields(state: TemplateState, fields: Given): TemplateState {
  const next = { ...state };
  for (const field of TEMPLATE_FIELDS) {
    const value = fields[field];
    if (value !== undefined) Object.assign(next, { [field]: value });
  }
  return next;
}

type Horizon = 'lead_days' | 'sync_horizon_days' | 'generation_horizon_days';

/** `lead_days` replaces the horizons, so they exclude each other. @throws InvalidInputError */
export function requireOneHorizon(given: Pick<Given, Horizon>, state?: Pick<TemplateFields, 'lead_days'>): void {
  const lead = given.lead_days === undefined ? (state?.lead_days ?? null) : given.lead_days;
  if (lead === null) return;
  const faults = (['sync_horizon_days', 'generation_horizon_days'] as const)
    .filter((field) => given[field] !== undefined)
    .map((field): FieldFault => ({
      field,
      code: 'not_combinable',
      issue: 'is not allowed with lead_days: set lead_days to null',
    }));
  if (faults.length > 0) throw new InvalidInputError(faults);
}

/** How many days ahead its tasks are made: at once, and in the background. */
export function horizonsOf(state: Pick<TemplateFields, Horizon>): {
  syncDays: number;
  generationDays: number;
} {
  const { lead_days: lead, sync_horizon_days: sync, generation_horizon_days: generation } = state;
  return lead === null
    ? { syncDays: sync, generationDays: Math.max(sync, generation) }
    : { syncDays: lead, generationDays: lead };
}

/** Whether no further occurrences are planned. */
export function isStopped({
  status,
  deleted_at: deletedAt,
}: {
  status: TemplateStatus;
  deleted_at: string | null;
}): boolean {
  return status !== 'active' || deletedAt !== null;
}
