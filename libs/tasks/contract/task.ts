import { createHash } from 'node:crypto';
import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import {
  BooleanField,
  DateField,
  DurationField,
  FixedDurationField,
  EnumField,
  InstantField,
  PartialType,
  PickType,
  TextField,
  TextsField,
  TimeZoneField,
  UuidField,
  MEASURED_DURATION,
} from '@mono/contract';
import { OriginalStartField } from './original-start.js';
import {
  assigneeId,
  description,
  dueAt,
  dueOffset,
  dueOn,
  estimatedDuration,
  listId,
  moveSubtasks,
  originalStart,
  parentId,
  permanent,
  priority,
  seriesId,
  startsOn,
  status,
  tags,
  templateId,
  timezone,
  title,
} from './task-fields.js';
import {
  IncludedAssignee,
  IncludedList,
  IncludedSubtask,
  IncludedTemplate,
  MAX_INCLUDED,
  TASK_INCLUDES,
} from './include.js';
import { Relation } from './relation.js';
import type { TaskPriority, TaskStatus } from './task-constants.js';

export const WARNING_CODES = ['blocked'] as const;

export class TaskWarning {
  @ApiProperty({
    enum: WARNING_CODES,
    description: '`blocked`: it was moved to `done` while open tasks block it.',
    example: 'blocked',
  })
  code: (typeof WARNING_CODES)[number];

  @ApiProperty({ type: String, example: 'The task is done although 1 open task blocks it.' })
  message: string;

  @ApiProperty({
    type: [String],
    description: 'The tasks concerned, as far as the caller reaches them.',
    example: ['0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e'],
  })
  task_ids: string[];
}

export class SubtaskCounts {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'Those in `todo`, `in_progress` or `blocked`.', example: 2 })
  open: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Those in `done`.', example: 1 })
  done: number;
}

@ApiExtraModels(IncludedAssignee, IncludedTemplate)
export class Task {
  @UuidField({ description: 'UUIDv7.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f' })
  id: string;

  @UuidField(listId)
  list_id: string;

  @UuidField(parentId)
  parent_id: string | null;

  @TextField(title)
  title: string;

  @TextField(description)
  description: string | null;

  @EnumField(status)
  status: TaskStatus;

  @EnumField(priority)
  priority: TaskPriority;

  @TextsField(tags)
  tags: string[];

  @UuidField(assigneeId)
  assignee_id: string | null;

  @ApiProperty({
    type: String,
    description: 'The key of the manual order: compare as bytes. Opaque otherwise.',
    example: '0198b6c25f5e7c3a9d0e3b1f2a4c5d6f',
  })
  position: string;

  @InstantField(dueAt)
  due_at: string | null;

  @DateField(dueOn)
  due_on: string | null;

  @DateField(startsOn)
  starts_on: string | null;

  @TimeZoneField(timezone)
  timezone: string | null;

  @FixedDurationField(estimatedDuration)
  estimated_duration: string | null;

  @ApiProperty({
    ...MEASURED_DURATION,
    description: 'The time spent in `in_progress`, ISO 8601; null while nothing is known of it.',
    example: null,
    nullable: true,
  })
  actual_duration: string | null;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description:
      'Raised with each change of `actual_duration`, which is none of `version`: above 0, the ETag is `"<version>.<this>"`.',
    example: 0,
  })
  actual_duration_version: number;

  @UuidField(templateId)
  template_id: string | null;

  @UuidField(seriesId)
  series_id: string | null;

  @OriginalStartField(originalStart)
  original_start: string | null;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description:
      'The number of open tasks that block it, in any list. It changes with them and not with `version`; above 0, it is part of the ETag.',
    example: 0,
  })
  blocked_by_open: number;

  @ApiProperty({
    type: SubtaskCounts,
    description:
      'The number of its direct subtasks, in any list, without archived and cancelled ones. It changes with them and not with `version`; with any, it is part of the ETag.',
  })
  subtask_counts: SubtaskCounts;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was moved to `done`; null in any other status.',
    example: null,
  })
  completed_at: string | null;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Raised by one with each change.', example: 1 })
  version: number;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' })
  updated_at: string;

  @ApiProperty({
    type: [TaskWarning],
    required: false,
    description: 'In the answer to a change that was made although something speaks against it.',
  })
  warnings?: TaskWarning[];

  @ApiProperty({ type: IncludedList, required: false, description: 'Its list, with `include=list`.' })
  list?: IncludedList;

  @ApiProperty({
    required: false,
    nullable: true,
    description: 'With `include=assignee`: the assignee, null without one.',
    oneOf: [{ $ref: getSchemaPath(IncludedAssignee) }],
  })
  assignee?: IncludedAssignee | null;

  @ApiProperty({
    required: false,
    nullable: true,
    description:
      'With `include=template`: its template; null without one, and for one that is deleted or out of reach.',
    oneOf: [{ $ref: getSchemaPath(IncludedTemplate) }],
  })
  template?: IncludedTemplate | null;

  @ApiProperty({
    type: [IncludedSubtask],
    required: false,
    description: `With \`include=subtasks\`: its direct subtasks in the manual order, without archived and cancelled ones, at most ${MAX_INCLUDED}.`,
  })
  subtasks?: IncludedSubtask[];

  @ApiProperty({
    type: [Relation],
    required: false,
    description: `With \`include=relations\`: its relations, the oldest first, at most ${MAX_INCLUDED}.`,
  })
  relations?: Relation[];
}

const REQUIRED = ['title'] as const;
const OPTIONAL = [
  'parent_id',
  'description',
  'status',
  'priority',
  'tags',
  'assignee_id',
  'due_at',
  'due_on',
  'starts_on',
  'timezone',
  'estimated_duration',
] as const;

/** Fields that clients write, with the defaults of those that may be absent. */
class TaskContent extends PartialType(PickType(Task, [...REQUIRED, ...OPTIONAL]), OPTIONAL) {
  @EnumField({ ...status, optional: true, default: 'todo' })
  override status?: TaskStatus;

  @EnumField({ ...priority, optional: true, default: 'medium' })
  override priority?: TaskPriority;

  @DurationField(dueOffset)
  due_offset?: string | null;
}

export class CreateTask extends TaskContent {
  @UuidField({
    ...listId,
    description: `${listId.description} Default: the list of the parent, or the Inbox of the workspace.`,
    optional: true,
  })
  list_id?: string;

  @UuidField({
    description: 'Moves the task directly before this one in the manual order of its list.',
    optional: true,
  })
  before?: string;

  @UuidField({ description: 'Moves the task directly after this one in the manual order of its list.', optional: true })
  after?: string;
}

/** JSON Merge Patch: absent means unchanged, null clears. `before` and `after` move the task in the manual order. */
export class TaskPatch extends PartialType(CreateTask) {
  @UuidField({ ...listId, optional: true })
  override list_id?: string;

  @BooleanField(moveSubtasks)
  move_subtasks?: boolean;
}

/** An absent field is set to its default. The position stays. */
export class TaskReplacement extends TaskContent {
  @UuidField(listId)
  list_id: string;
}

/**
 * Measured time, open blockers, subtasks and included fields change without the version, so they are parts of the tag. Older nodes do not
 * send all of them.
 */
export function taskEntityTag(task: Task): string {
  const { version, actual_duration_version: measured, blocked_by_open: blockers } = task;
  const { open, done }: SubtaskCounts = task.subtask_counts ?? NO_SUBTASKS;
  const included = digestOfIncluded(task);
  if (included !== undefined) return `${version}.${measured}.${blockers}.${open}-${done}.${included}`;
  if (open + done > 0) return `${version}.${measured}.${blockers}.${open}-${done}`;
  if (blockers > 0) return `${version}.${measured}.${blockers}`;
  return measured > 0 ? `${version}.${measured}` : String(version);
}

const NO_SUBTASKS: SubtaskCounts = { open: 0, done: 0 };

function digestOfIncluded(task: Task): string | undefined {
  const included = TASK_INCLUDES.flatMap((name) => (task[name] === undefined ? [] : [[name, task[name]]]));
  if (included.length === 0) return undefined;
  return createHash('sha256').update(JSON.stringify(included)).digest('base64url').slice(0, 22);
}

export class DeleteTaskQuery {
  @EnumField(permanent)
  permanent?: 'true' | 'false';
}
