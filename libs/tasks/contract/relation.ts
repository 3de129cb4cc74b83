import { ApiProperty } from '@nestjs/swagger';
import { EnumField, PageInfo, PageQuery, UuidField } from '@mono/contract';
import { RELATION_KINDS, TASK_STATUSES, type RelationKind, type TaskStatus } from './task-constants.js';

const kind = {
  description: 'As seen from the task. `duplicates` closes nothing.',
  values: RELATION_KINDS,
  example: 'blocks',
} as const;

export class CreateRelation {
  @EnumField(kind)
  kind: RelationKind;

  @UuidField({ description: 'The other task.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d7f' })
  task_id: string;
}

export class RelationQuery extends PageQuery {
  @EnumField({ ...kind, description: 'Relations of this kind, as seen from the task.', optional: true })
  kind?: RelationKind;
}

export class RelatedTask {
  @ApiProperty({ type: String, format: 'uuid', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e' })
  id: string;

  @ApiProperty({ type: String, example: 'Buy paint' })
  title: string;

  @ApiProperty({ enum: TASK_STATUSES, example: 'todo' })
  status: TaskStatus;

  @ApiProperty({ type: String, format: 'uuid', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6d' })
  list_id: string;
}

export class Relation {
  @ApiProperty({
    type: String,
    format: 'uuid',
    description: 'UUIDv7.',
    example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f',
  })
  id: string;

  @ApiProperty({ enum: RELATION_KINDS, description: kind.description, example: 'blocks' })
  kind: RelationKind;

  @ApiProperty({ type: RelatedTask, description: 'The other task.' })
  task: RelatedTask;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' })
  created_at: string;
}

export class RelationPage {
  @ApiProperty({ type: [Relation] })
  items: Relation[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}
