import { ApiProperty } from '@nestjs/swagger';
import { TextField, UuidField } from '@mono/contract';

export class TrashActor {
  @ApiProperty({ enum: ['api_key', 'user', 'system'], description: 'The kind of caller.', example: 'user' })
  kind: 'api_key' | 'user' | 'system';

  @ApiProperty({ type: String, description: 'The id of the API key or user.' })
  id: string;
}

/** One deletion: a thing with all that was deleted with it. */
export class TrashItem {
  @ApiProperty({ type: String, format: 'uuid', description: 'The id of the thing itself.' })
  id: string;

  @ApiProperty({ type: String, description: 'The type of the thing: `task`, `list` or `template`.', example: 'task' })
  type: string;

  @ApiProperty({ type: String, example: 'Buy milk' })
  title: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The list that it was in; null for lists.',
  })
  list_id: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' })
  deleted_at: string;

  @ApiProperty({ type: TrashActor })
  deleted_by: TrashActor;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'How many things were deleted with it, and are restored with it, by type.',
    example: { task: 3 },
  })
  holds: Record<string, number>;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'It is deleted for good then or soon after.',
    example: '2026-05-31T09:00:00.000Z',
  })
  expires_at: string;
}

/** Where to restore, if not to where it was. */
export class RestoreTarget {
  @UuidField({ description: 'The list to restore into. Default: the list that it was in.', optional: true })
  list_id?: string;

  @TextField({
    description: 'A new title. Default: the title that it had.',
    min: 1,
    max: 255,
    notBlank: true,
    optional: true,
    example: 'Buy oat milk',
  })
  title?: string;
}

export class RestoredThing {
  @ApiProperty({ type: String, format: 'uuid', description: 'The id that it always had.' })
  id: string;

  @ApiProperty({ type: String, description: 'The type of the thing.', example: 'task' })
  type: string;

  @ApiProperty({ type: String, example: 'Buy milk' })
  title: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The list that it is in now; null for lists.',
  })
  list_id: string | null;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Above the version of its deletion.', example: 3 })
  version: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'How many things were restored with it, by type.',
    example: { task: 3 },
  })
  holds: Record<string, number>;
}
