// The rules of a workflow: whether a task may enter a status of a list, and if not, why. No database, no transport.
import type { DomainError } from '@mono/contract/errors';
import { TASK_STATUSES, type TaskStatus } from '../../contract/task-constants.js';
import { tasksErrors } from '../../contract/tasks.errors.js';
import type { LimitedStatus, Workflow, WorkflowGuard, WorkflowRole } from '../../contract/workflow.js';

export type WorkflowRules = Omit<Workflow, 'version'>;

export const NO_WORKFLOW: WorkflowRules = { transitions: null, wip_limits: {}, guards: {}, roles: {} };

/** A status of a list that a task enters: by a move, by its creation, or with the list. */
export interface Entry {
  list_id: string;
  /** Equal to `to` where the task brings its status from another list. A new task comes from `todo`. */
  from: TaskStatus;
  to: TaskStatus;
  /** The roles that the caller has, by itself or by a higher one. */
  roles: readonly WorkflowRole[];
  assignee_id: string | null;
  estimated_duration: string | null;
  openSubtasks: number;
  openBlockers: number;
  /** How many other tasks of the list have the status `to`. */
  others: number;
}

/** All reasons against it, the most fundamental first. */
export function refusalsOf(workflow: WorkflowRules, entry: Entry): DomainError[] {
  return [
    ...againstTransition(workflow, entry),
    ...againstRole(workflow, entry),
    ...againstGuards(workflow, entry),
    ...againstLimit(workflow, entry),
  ];
}

function againstTransition({ transitions }: WorkflowRules, { list_id, from, to }: Entry): DomainError[] {
  if (transitions === null || from === to) return [];
  const allowed = transitions[from] ?? [];
  return allowed.includes(to) ? [] : [tasksErrors.invalid_transition({ list_id, from, to, allowed })];
}

function againstRole(workflow: WorkflowRules, { list_id, to, roles }: Entry): DomainError[] {
  const lowest = workflow.roles[to];
  if (lowest === undefined || roles.includes(lowest)) return [];
  return [tasksErrors.transition_guarded({ list_id, to, rule: `role_${lowest}` })];
}

function againstGuards({ guards }: WorkflowRules, entry: Entry): DomainError[] {
  const { list_id, to } = entry;
  return (guards[to] ?? [])
    .filter((guard) => !fulfils(entry, guard))
    .map((rule) => tasksErrors.transition_guarded({ list_id, to, rule }));
}

function fulfils(entry: Entry, guard: WorkflowGuard): boolean {
  switch (guard) {
    case 'assignee_required':
      return entry.assignee_id !== null;
    case 'estimate_required':
      return entry.estimated_duration !== null;
    case 'no_open_subtasks':
      return entry.openSubtasks === 0;
    case 'not_blocked':
      return entry.openBlockers === 0;
  }
}

function againstLimit(workflow: WorkflowRules, { list_id, to: status, others }: Entry): DomainError[] {
  const limit = limitOf(workflow, status);
  return limit === undefined || others < limit ? [] : [tasksErrors.wip_limit_exceeded({ list_id, status, limit })];
}

export function limitOf({ wip_limits: limits }: WorkflowRules, status: TaskStatus): number | undefined {
  return limits[status as LimitedStatus];
}

/** Whether some status requires the guard. */
export function hasGuard({ guards }: WorkflowRules, status: TaskStatus, guard: WorkflowGuard): boolean {
  return guards[status]?.includes(guard) ?? false;
}

/** Whether it allows everything. */
export function isEmpty(workflow: WorkflowRules): boolean {
  return workflow.transitions === null && TASK_STATUSES.every((status) => isFree(workflow, status));
}

function isFree(workflow: WorkflowRules, status: TaskStatus): boolean {
  const { guards, roles } = workflow;
  return !guards[status]?.length && roles[status] === undefined && limitOf(workflow, status) === undefined;
}

/** The statuses that no move leads to. New tasks begin in `todo`. */
export function unreachableStatuses({ transitions }: WorkflowRules): TaskStatus[] {
  if (transitions === null) return [];
  const reached = new Set<TaskStatus>(['todo']);
  // Grows while it is walked.
  for (const status of reached) for (const next of transitions[status] ?? []) reached.add(next);
  return TASK_STATUSES.filter((status) => !reached.has(status));
}

/** With the default of each absent field, and always in the same order. */
export function completeWorkflow({
  transitions = null,
  wip_limits,
  guards,
  roles,
}: Partial<WorkflowRules>): WorkflowRules {
  return {
    transitions: transitions && ordered(transitions),
    wip_limits: ordered(wip_limits),
    guards: ordered(guards, (some) => some.length > 0),
    roles: ordered(roles),
  };
}

type ByStatus<Value> = { [Status in TaskStatus]?: Value };

function ordered<Value, Values extends ByStatus<Value>>(
  values: Values & ByStatus<Value> = {} as Values,
  isKept: (value: Value) => boolean = () => true,
): Values {
  const entries = TASK_STATUSES.flatMap((status) => {
    const value = values[status];
    return value !== undefined && isKept(value) ? [[status, value]] : [];
  });
  return Object.fromEntries(entries) as Values;
}
