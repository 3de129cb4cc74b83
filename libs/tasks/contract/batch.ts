import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { EnumField, IntegerField, ObjectField, ObjectsField, UuidField } from '@mono/contract';
import { CreateTask, Task, TaskPatch } from './task.js';
import { MAX_BATCH_OPERATIONS } from './task-constants.js';

export const BATCH_MODES = ['atomic', 'each'] as const;
export type BatchMode = (typeof BATCH_MODES)[number];

const BATCH_OPERATIONS = ['create', 'update', 'delete'] as const;

/** The three kinds of operation, as they are documented. */
class CreateOperation {
  @ApiProperty({ enum: ['create'], example: 'create' })
  op: 'create';

  @ApiProperty({ type: CreateTask })
  task: CreateTask;
}

class DeleteOperation {
  @ApiProperty({ enum: ['delete'], example: 'delete' })
  op: 'delete';

  @ApiProperty({ type: String, format: 'uuid', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f' })
  id: string;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    maximum: 2_147_483_647,
    required: false,
    description: 'The version that the task must have.',
  })
  if_match?: number;
}

class UpdateOperation {
  @ApiProperty({ enum: ['update'], example: 'update' })
  op: 'update';

  @ApiProperty({ type: String, format: 'uuid', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f' })
  id: string;

  @ApiProperty({ type: TaskPatch })
  patch: TaskPatch;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    maximum: 2_147_483_647,
    required: false,
    description: 'The version that the task must have.',
  })
  if_match?: number;
}

const OPERATION_SCHEMA = {
  oneOf: [CreateOperation, UpdateOperation, DeleteOperation].map((type) => ({ $ref: getSchemaPath(type) })),
};

/** One operation; which fields it needs depends on `op`. */
export class BatchOperation {
  @EnumField({ description: 'What to do.', values: BATCH_OPERATIONS, example: 'create' })
  op: (typeof BATCH_OPERATIONS)[number];

  @ObjectField(() => CreateTask, { description: 'With `create`: the new task.', optional: true })
  task?: CreateTask;

  @UuidField({ description: 'With `update` and `delete`: the task.', optional: true })
  id?: string;

  @ObjectField(() => TaskPatch, { description: 'With `update`: a merge patch.', optional: true })
  patch?: TaskPatch;

  @IntegerField({
    description: 'With `update` and `delete`: the version that the task must have.',
    min: 1,
    max: 2_147_483_647,
    optional: true,
  })
  if_match?: number;
}

@ApiExtraModels(CreateOperation, UpdateOperation, DeleteOperation)
export class BatchTasks {
  @EnumField({
    description: '`atomic`: all or nothing. `each`: every operation for itself.',
    values: BATCH_MODES,
    default: 'atomic',
    optional: true,
  })
  mode?: BatchMode;

  // The outer decorator refines what the inner one documents.
  @ApiProperty({ type: 'array', items: OPERATION_SCHEMA, minItems: 1, maxItems: MAX_BATCH_OPERATIONS })
  @ObjectsField(() => BatchOperation, {
    description: 'Done in this order.',
    minItems: 1,
    maxItems: MAX_BATCH_OPERATIONS,
    example: [{ op: 'create', task: { title: 'Buy milk' } }],
  })
  operations: BatchOperation[];
}

export class BatchError {
  @ApiProperty({ type: String, example: 'task_not_found' })
  code: string;

  @ApiProperty({ type: String, example: 'No task with the id 0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f.' })
  message: string;

  @ApiProperty({
    description: 'Facts about the error, as in the error envelope.',
    nullable: true,
    oneOf: [
      { type: 'array', items: { type: 'object' } },
      { type: 'object', additionalProperties: true },
    ],
  })
  details: unknown;
}

@ApiExtraModels(Task, BatchError)
export class BatchResult {
  @ApiProperty({
    type: 'integer',
    description: 'The HTTP status that the operation alone would have had.',
    example: 201,
  })
  status: number;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The task concerned; null where a create failed.',
    example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f',
  })
  id: string | null;

  @ApiProperty({
    nullable: true,
    description: 'The task after the operation; null after a delete or an error.',
    oneOf: [{ $ref: getSchemaPath(Task) }],
  })
  task: Task | null;

  @ApiProperty({
    nullable: true,
    description: 'Why it failed; null where it did not.',
    oneOf: [{ $ref: getSchemaPath(BatchError) }],
  })
  error: BatchError | null;
}

export class BatchResults {
  @ApiProperty({ type: [BatchResult], description: 'One per operation, in their order.' })
  results: BatchResult[];
}
