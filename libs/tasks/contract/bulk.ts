// One change of all tasks that a filter finds.
import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import {
  BooleanField,
  EnumField,
  IntegerField,
  MergePatch,
  ObjectField,
  OmitType,
  TextField,
  TextsField,
  TimeZoneField,
} from '@mono/contract';
import { BATCH_MODES, BatchError, type BatchMode } from './batch.js';
import { tags } from './task-fields.js';
import { DEFAULT_BULK_TASKS, MAX_BULK_TASKS, MAX_FILTER_CHARACTERS, type OccurrencesShown } from './task-constants.js';
import { occurrences } from './task-query.js';
import { TaskPatch, TaskWarning } from './task.js';

export const BULK_ACTIONS = ['complete', 'reopen', 'delete'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

/** They belong to a single task. */
const OF_ONE_TASK = ['title', 'description', 'before', 'after', 'due_offset'] as const;

@MergePatch()
export class BulkPatch extends OmitType(TaskPatch, OF_ONE_TASK) {}

/** Either `action`, or any of the others. */
export class BulkChange {
  @ObjectField(() => BulkPatch, {
    description: 'A merge patch for each task. `list_id` moves the tasks to another list.',
    optional: true,
  })
  patch?: BulkPatch;

  @TextsField({ ...tags, description: 'Tags to add to those of each task.', optional: true })
  add_tags?: string[];

  @TextsField({ ...tags, description: 'Tags to remove from each task.', optional: true })
  remove_tags?: string[];

  @EnumField({
    description:
      '`complete` and `reopen` do the same as the actions of a task, `delete` moves the tasks to the trash with their subtasks.',
    values: BULK_ACTIONS,
    example: 'complete',
    optional: true,
  })
  action?: BulkAction;
}

export class ChangeTasks {
  @TextField({
    description: 'The tasks to change: a filter as in `GET /v1/tasks`, such as `list:Work & status:done`.',
    min: 1,
    max: MAX_FILTER_CHARACTERS,
    notBlank: true,
    example: 'tag:errand & overdue',
  })
  filter: string;

  @TimeZoneField({
    description: 'The zone of dates in `filter`, and of today. Default: as in `GET /v1/tasks`.',
    optional: true,
    example: 'Europe/Berlin',
  })
  timezone?: string;

  @EnumField(occurrences)
  occurrences?: OccurrencesShown;

  @ObjectField(() => BulkChange, { description: 'The change of each task.', example: { action: 'complete' } })
  change: BulkChange;

  @IntegerField({
    description:
      'The maximum number of tasks, including subtasks that move or are deleted with them. If there are more, nothing is changed.',
    min: 1,
    max: MAX_BULK_TASKS,
    default: DEFAULT_BULK_TASKS,
    optional: true,
  })
  limit?: number;

  @EnumField({
    description:
      '`atomic`: if any task refuses the change, none is changed. `each`: the others are changed. Default: `atomic`.',
    values: BATCH_MODES,
    default: 'atomic',
    optional: true,
  })
  mode?: BatchMode;

  @BooleanField({
    description:
      'Whether to answer what would happen, and change nothing. An `Idempotency-Key` is ignored. Default: `false`.',
    default: false,
    optional: true,
  })
  dry_run?: boolean;
}

@ApiExtraModels(BatchError)
export class ChangedTask {
  @ApiProperty({ type: String, format: 'uuid', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f' })
  id: string;

  @ApiProperty({
    type: 'integer',
    description: 'The HTTP status that the change alone would have had: 200, 204 for a deletion, or that of the error.',
    example: 200,
  })
  status: number;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'The version before.', example: 3 })
  previous_version: number;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    nullable: true,
    description: 'The version now, the same if nothing changed; null after a deletion.',
    example: 4,
  })
  version: number | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description:
      'The old values of the fields that changed: a merge patch that reverts the change. Null after a deletion, which the trash reverts, and after a refusal.',
    example: { status: 'todo' },
  })
  previous: Record<string, unknown> | null;

  @ApiProperty({ type: [TaskWarning], required: false, description: 'As in the answer to the change of a task.' })
  warnings?: TaskWarning[];

  @ApiProperty({
    nullable: true,
    description: 'Why the task refused the change; null if it did not.',
    oneOf: [{ $ref: getSchemaPath(BatchError) }],
  })
  error: BatchError | null;
}

export class ChangedTasks {
  @ApiProperty({ type: Boolean, description: 'Whether this is what would happen.', example: false })
  dry_run: boolean;

  @ApiProperty({ type: 'integer', description: 'Tasks that match the filter.', example: 2 })
  matched: number;

  @ApiProperty({
    type: 'integer',
    description: 'Matching tasks that changed. The others refused it, or were so already.',
    example: 2,
  })
  changed: number;

  @ApiProperty({ type: 'integer', description: 'Matching tasks that refused the change.', example: 0 })
  refused: number;

  @ApiProperty({
    type: 'integer',
    description: 'Subtasks that do not match, below tasks that do, and that move or are deleted with them.',
    example: 0,
  })
  subtasks: number;

  @ApiProperty({ type: [ChangedTask], description: 'One per matching task, in the order of their creation.' })
  results: ChangedTask[];
}
