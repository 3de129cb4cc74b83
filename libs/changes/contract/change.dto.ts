import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  DurationField,
  EnumField,
  IntegerField,
  MAX_FILTER_TEXT,
  RepeatableTextField,
  TextField,
  TimeZoneField,
  UuidField,
} from '@mono/contract';

export const DEFAULT_CHANGES_LIMIT = 100;
export const MAX_CHANGES_LIMIT = 1_000;

export class ChangesQuery {
  @TextField({
    description:
      'Where to continue: `next_token` of an earlier answer with the same filters. Without it, the answer has the current token and no changes.',
    min: 1,
    max: 200,
    optional: true,
  })
  since?: string;

  @RepeatableTextField({
    description: 'Only changes of things of these types, such as `task`.',
    maxItems: 20,
    max: 64,
    optional: true,
  })
  types?: string[];

  @UuidField({
    description:
      'Only changes of this list and of what is in it. A thing that is moved to another list appears as `deleted`, one that is moved here as `created`.',
    optional: true,
  })
  list_id?: string;

  @TextField({
    description:
      'Only changes of tasks, by a filter as `GET /v1/tasks?filter=` has it: a task that matches now appears as it changed, one that does not appears as `deleted`, also if it never matched. Nothing appears because time passes.',
    min: 1,
    max: MAX_FILTER_TEXT,
    notBlank: true,
    optional: true,
  })
  filter?: string;

  @UuidField({ description: 'The same by a saved filter; not together with `filter`.', optional: true })
  filter_id?: string;

  @TimeZoneField({
    description:
      'The zone of the dates in the filter. Default: that of the user, for an API key that of the workspace.',
    optional: true,
    example: 'Europe/Berlin',
  })
  timezone?: string;

  @IntegerField({
    description: 'Changes per answer.',
    min: 1,
    max: MAX_CHANGES_LIMIT,
    default: DEFAULT_CHANGES_LIMIT,
    optional: true,
    fromQuery: true,
    example: 100,
  })
  limit?: number;

  @EnumField({
    description: '`true` answers only the last change of each thing, with the fields of all of its changes.',
    values: ['true', 'false'],
    default: 'false',
    optional: true,
  })
  collapse?: 'true' | 'false';

  @EnumField({
    description:
      '`resource`: each change that is not `deleted` carries the thing as it is now, which may be newer than the change. Pages may be shorter than the limit.',
    values: ['resource'],
    optional: true,
  })
  include?: 'resource';

  @DurationField({
    description: 'How long to wait for the next change: at most 55 seconds, over NATS 25.',
    optional: true,
    example: 'PT0S',
  })
  wait?: string;
}

export class ChangeActor {
  @ApiProperty({ enum: ['api_key', 'user', 'system'], description: 'The kind of caller.', example: 'user' })
  kind: string;

  @ApiProperty({ type: String, description: 'The id of the API key or user.' })
  id: string;
}

export class Change {
  @ApiProperty({ type: String, format: 'uuid', description: 'Unique. The same change always has the same id.' })
  id: string;

  @ApiProperty({ type: String, description: 'The type of the thing.', example: 'task' })
  type: string;

  @ApiProperty({ type: String, format: 'uuid', description: 'The id of the thing.' })
  thing_id: string;

  @ApiProperty({
    enum: ['created', 'updated', 'deleted', 'restored'],
    description:
      'As the caller sees it: a thing that leaves the lists or the filter that the caller follows is `deleted`.',
    example: 'updated',
  })
  change: string;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    description: 'The version of the thing after the change. Ignore a change whose version is not above the known one.',
    example: 2,
  })
  version: number;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The list of the thing; of what is deleted, the list that it was in.',
  })
  list_id: string | null;

  @ApiProperty({ type: [String], description: 'The names of the changed fields.', example: ['title'] })
  fields: string[];

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Other identifiers of the thing, such as `template_id` and `original_start` of an exception.',
  })
  keys: Record<string, string>;

  @ApiProperty({ type: ChangeActor })
  actor: ChangeActor;

  @ApiProperty({ type: String, nullable: true, description: 'The cause, such as `user` or `recurrence`.' })
  origin: string | null;

  @ApiProperty({ type: String, description: '`X-Request-ID` of the request that made the change.' })
  request_id: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' })
  occurred_at: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description:
      'With `include=resource`: the thing as it is now, as its GET answers it. `null`: it is gone, or out of the caller’s reach. Absent for deletions and for types without a GET of their own.',
  })
  resource?: object | null;
}

export class ChangePage {
  @ApiProperty({ type: [Change] })
  items: Change[];

  @ApiProperty({ type: String, description: 'Pass it as `since` to get the following changes.' })
  next_token: string;

  @ApiProperty({ type: Boolean, description: 'Whether there is more to read at once.' })
  has_more: boolean;
}
