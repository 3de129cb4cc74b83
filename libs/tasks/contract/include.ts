// Fields that may be added to tasks when they are read.
import { ApiProperty } from '@nestjs/swagger';
import { RepeatableEnumField } from '@mono/contract';
import { TASK_PRIORITIES, TASK_STATUSES, type TaskPriority, type TaskStatus } from './task-constants.js';

export const TASK_INCLUDES = ['subtasks', 'list', 'assignee', 'template', 'relations'] as const;
export type TaskInclude = (typeof TASK_INCLUDES)[number];

/** Subtasks and relations of one task. */
export const MAX_INCLUDED = 20;
/** A page of them. */
export const MAX_TASKS_WITH_INCLUDES = 100;

const include = {
  description:
    'Fields to add to the task. `assignee` and `template` are absent while the module that has them is unavailable; `template` requires the scope `recurrence:read`.',
  values: TASK_INCLUDES,
  optional: true,
};

/** A parameter of pages. */
export const includes = {
  ...include,
  description: `${include.description} Applies to each task; \`limit\` is then at most ${MAX_TASKS_WITH_INCLUDES}.`,
};

export class GetTaskQuery {
  @RepeatableEnumField(include)
  include?: TaskInclude[];
}

const id = { type: String, format: 'uuid', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e' } as const;

export class IncludedList {
  @ApiProperty(id)
  id: string;

  @ApiProperty({ type: String, example: 'Groceries' })
  title: string;
}

export class IncludedAssignee {
  @ApiProperty(id)
  id: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The name of the member or former member; null if it is not known.',
    example: 'Grace Hopper',
  })
  name: string | null;
}

export class IncludedTemplate {
  @ApiProperty(id)
  id: string;

  @ApiProperty({ type: String, example: 'Water the plants' })
  title: string;

  @ApiProperty({ type: String, description: 'As `status` of a template.', example: 'active' })
  status: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'As `rule` of a template.' })
  rule: object;
}

export class IncludedSubtask {
  @ApiProperty(id)
  id: string;

  @ApiProperty(id)
  list_id: string;

  @ApiProperty({ type: String, example: 'Buy oat milk' })
  title: string;

  @ApiProperty({ enum: TASK_STATUSES, example: 'todo' })
  status: TaskStatus;

  @ApiProperty({ enum: TASK_PRIORITIES, example: 'medium' })
  priority: TaskPriority;

  @ApiProperty({ ...id, nullable: true, example: null })
  assignee_id: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  due_at: string | null;

  @ApiProperty({ type: String, format: 'date', nullable: true, example: null })
  due_on: string | null;

  @ApiProperty({ type: 'integer', minimum: 1, example: 1 })
  version: number;
}
