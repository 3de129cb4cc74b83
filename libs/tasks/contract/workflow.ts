// The workflow of a list: which statuses its tasks may move to, and what they need for it.
import { ApiProperty } from '@nestjs/swagger';
import { BooleanField, EnumField, EnumsField, IntegerField, ObjectField, OmitType, PartialType } from '@mono/contract';
import { TASK_STATUSES, type TaskStatus } from './task-constants.js';

/** The statuses of work in progress. `todo` has no limit: recurrence creates tasks in it when they are due. */
export const LIMITED_STATUSES = ['in_progress', 'blocked'] as const satisfies readonly TaskStatus[];
export type LimitedStatus = (typeof LIMITED_STATUSES)[number];

export const WORKFLOW_GUARDS = ['no_open_subtasks', 'not_blocked', 'assignee_required', 'estimate_required'] as const;
export type WorkflowGuard = (typeof WORKFLOW_GUARDS)[number];

/** The lowest role that may move a task to a status. Without one, every member may. */
export const WORKFLOW_ROLES = ['admin', 'owner'] as const;
export type WorkflowRole = (typeof WORKFLOW_ROLES)[number];

export const MAX_WIP_LIMIT = 10_000;

type ByStatus<Value, Status extends TaskStatus = TaskStatus> = { [Key in Status]?: Value };

/** A class whose fields are statuses. */
function byStatus<Value, const Status extends TaskStatus>(
  statuses: readonly Status[],
  field: (status: Status) => PropertyDecorator,
): new () => ByStatus<Value, Status> {
  class Fields {}
  for (const status of statuses) field(status)(Fields.prototype, status);
  return Fields;
}

export class WorkflowTransitions extends byStatus<TaskStatus[], TaskStatus>(TASK_STATUSES, (status) =>
  EnumsField({
    description: `The statuses to which a task may move from \`${status}\`.`,
    values: TASK_STATUSES.filter((other) => other !== status),
    minItems: 0,
    maxItems: TASK_STATUSES.length,
    unique: true,
    optional: true,
  }),
) {}

export class WorkflowLimits extends byStatus<number, LimitedStatus>(LIMITED_STATUSES, (status) =>
  IntegerField({
    description: `The maximum number of tasks in \`${status}\`.`,
    min: 1,
    max: MAX_WIP_LIMIT,
    optional: true,
  }),
) {}

export class WorkflowGuards extends byStatus<WorkflowGuard[], TaskStatus>(TASK_STATUSES, (status) =>
  EnumsField({
    description: `The conditions for a task to enter \`${status}\`.`,
    values: WORKFLOW_GUARDS,
    minItems: 0,
    maxItems: WORKFLOW_GUARDS.length,
    unique: true,
    optional: true,
  }),
) {}

export class WorkflowRoles extends byStatus<WorkflowRole, TaskStatus>(TASK_STATUSES, (status) =>
  EnumField({
    description: `The lowest role that may move a task to \`${status}\`.`,
    values: WORKFLOW_ROLES,
    optional: true,
  }),
) {}

export class Workflow {
  @ObjectField(() => WorkflowTransitions, {
    description:
      'The allowed moves by the status that they leave; a status without an entry cannot be left. Null: all moves are allowed.',
    example: { todo: ['in_progress', 'cancelled'], in_progress: ['todo', 'done'], done: ['archived'] },
    nullable: true,
  })
  transitions: WorkflowTransitions | null;

  @ObjectField(() => WorkflowLimits, {
    description: 'The maximum number of tasks in a status.',
    example: { in_progress: 3 },
  })
  wip_limits: WorkflowLimits;

  @ObjectField(() => WorkflowGuards, {
    description:
      'The conditions for a task to enter a status: `no_open_subtasks`, `not_blocked` (by an open task), `assignee_required`, `estimate_required`.',
    example: { in_progress: ['assignee_required'], done: ['no_open_subtasks', 'not_blocked'] },
  })
  guards: WorkflowGuards;

  @ObjectField(() => WorkflowRoles, {
    description: 'The lowest role that may move a task to a status. Keys without the scope `admin` have none.',
    example: { archived: 'admin' },
  })
  roles: WorkflowRoles;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    description: 'The version of the list. A change of the workflow is a change of its list.',
    example: 2,
  })
  version: number;
}

/** An absent field is set to its default. Without any field the list has no workflow. */
export class WorkflowReplacement extends PartialType(OmitType(Workflow, ['version'])) {
  @BooleanField({ description: 'Changes nothing: the answer is that of the change.', default: false, optional: true })
  dry_run?: boolean;
}

export class UnfitTask {
  @ApiProperty({ type: String, format: 'uuid', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f' })
  task_id: string;

  @ApiProperty({ enum: [...TASK_STATUSES], enumName: 'TaskStatus', example: 'in_progress' })
  status: TaskStatus;

  @ApiProperty({
    type: String,
    description: 'The error that a move to this status would have.',
    example: 'wip_limit_exceeded',
  })
  code: string;

  @ApiProperty({ type: String, example: 'At most 3 tasks of the list may be in progress.' })
  message: string;
}

export const MAX_UNFIT_TASKS = 100;

export class ReplacedWorkflow extends Workflow {
  @ApiProperty({
    type: [UnfitTask],
    maxItems: MAX_UNFIT_TASKS,
    description: `Tasks whose status the workflow would not let them enter, the first ${MAX_UNFIT_TASKS} in the manual order. They are left as they are.`,
  })
  unfit_tasks: UnfitTask[];
}

export class TransitionRefusal {
  @ApiProperty({
    type: String,
    description: 'The error that the move would have.',
    example: 'transition_guarded',
  })
  code: string;

  @ApiProperty({ type: String, example: 'The workflow of the list requires an assignee for in_progress.' })
  message: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Facts about the rule, as in the error envelope.',
  })
  details: object;
}

export class PossibleTransition {
  @ApiProperty({ enum: [...TASK_STATUSES], enumName: 'TaskStatus', example: 'in_progress' })
  to: TaskStatus;

  @ApiProperty({ type: Boolean, description: 'Whether the caller may make this move now.', example: true })
  allowed: boolean;

  @ApiProperty({ type: [TransitionRefusal], description: 'Why not; empty if it is allowed.' })
  refusals: TransitionRefusal[];
}

export class PossibleTransitions {
  @ApiProperty({
    enum: [...TASK_STATUSES],
    enumName: 'TaskStatus',
    description: 'The current status.',
    example: 'todo',
  })
  from: TaskStatus;

  @ApiProperty({ type: [PossibleTransition], description: 'One per other status.' })
  items: PossibleTransition[];
}
