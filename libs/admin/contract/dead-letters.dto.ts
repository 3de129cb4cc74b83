import { ApiProperty } from '@nestjs/swagger';
import {
  PageInfo,
  PageQuery,
  EnumField,
  MomentField,
  ObjectField,
  OmitType,
  TextField,
  UuidField,
  IdsField,
} from '@mono/contract';

export const DEAD_LETTER_STATUSES = ['open', 'retried', 'discarded'] as const;
export type DeadLetterStatus = (typeof DEAD_LETTER_STATUSES)[number];
export const DEAD_LETTER_SOURCES = ['message', 'job'] as const;

const MAX_NAME = 255;
const MAX_NOTE = 2_000;
export const MAX_BULK = 1_000;

const status = { description: 'Status.', values: DEAD_LETTER_STATUSES, enumName: 'DeadLetterStatus' };
const source = { description: 'Source: a message or a job.', values: DEAD_LETTER_SOURCES };
const named = (description: string) => ({ description, min: 1, max: MAX_NAME, optional: true });

export class DeadLetterQuery extends PageQuery {
  @EnumField({ ...status, optional: true })
  status?: DeadLetterStatus;

  @EnumField({ ...source, optional: true })
  source?: (typeof DEAD_LETTER_SOURCES)[number];

  @TextField(named('Dead letters of this module.'))
  module?: string;

  @TextField(named('Dead letters of this consumer or queue.'))
  consumer?: string;

  @TextField(named('Dead letters of this subject.'))
  subject?: string;

  @TextField(named('Dead letters with this error.'))
  error_code?: string;

  @MomentField({ description: 'Failed at or after this instant, or the beginning of this day.', optional: true })
  failed_after?: string;

  @MomentField({ description: 'Failed before this instant, or the beginning of this day.', optional: true })
  failed_before?: string;
}

/** The filter of the query, without the page. */
export class DeadLetterFilter extends OmitType(DeadLetterQuery, ['limit', 'cursor', 'offset', 'count', 'order_dir']) {}

export class DeadLetterError {
  @ApiProperty({ type: String, example: 'never_settled' })
  code: string;

  @ApiProperty({ type: String })
  message: string;

  @ApiProperty({ type: String, nullable: true })
  stack: string | null;
}

export class DeadLetter {
  @UuidField({ description: 'UUIDv7.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e' })
  id: string;

  @EnumField(source)
  source: string;

  @ApiProperty({ type: String, description: 'Module of the consumer or queue.', example: 'time-tracking' })
  module: string;

  @ApiProperty({ type: String, example: 'time-tracking-history' })
  consumer: string;

  @ApiProperty({ type: String, example: 'events.tasks.v1.completed' })
  subject: string;

  @ApiProperty({ type: String, nullable: true, example: 'EVENTS_TASKS' })
  stream: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 4711 })
  stream_seq: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Payload as received; null in a list where it is larger than 64 KiB.',
  })
  payload: string | null;

  @ApiProperty({ enum: ['utf8', 'base64'], description: 'Encoding of `payload`.', example: 'utf8' })
  payload_encoding: 'utf8' | 'base64';

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Headers, without credentials.',
  })
  headers: Record<string, string>;

  @ApiProperty({ type: DeadLetterError })
  error: DeadLetterError;

  @ApiProperty({ type: 'integer', description: 'Deliveries, including those of retries.', example: 5 })
  attempts: number;

  @EnumField(status)
  status: DeadLetterStatus;

  @ApiProperty({ type: 'integer', description: 'Number of retries.', example: 0 })
  retries: number;

  @ApiProperty({ type: String, format: 'date-time', description: 'Time of creation.' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'Time of the last failure.' })
  failed_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Time of the retry or discard.' })
  resolved_at: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Actor of the retry or discard.',
    example: 'api_key:0198b6c2-…',
  })
  resolved_by: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Reason.' })
  note: string | null;

  @ApiProperty({ type: 'integer', minimum: 1, example: 1 })
  version: number;
}

export class DeadLetterPage {
  @ApiProperty({ type: [DeadLetter] })
  items: DeadLetter[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

const note = { description: 'Reason.', max: MAX_NOTE, optional: true, example: 'The provider is back.' };

export class DeadLetterDecision {
  @TextField(note)
  note?: string;
}

export class DeadLetterBulkDecision extends DeadLetterDecision {
  @IdsField({
    description: `Ids. Without them: the oldest ${MAX_BULK} that match the filter.`,
    maxItems: MAX_BULK,
    optional: true,
  })
  ids?: string[];

  @ObjectField(() => DeadLetterFilter, {
    description: 'Conditions, all of which must match.',
    example: { module: 'webhooks' },
    optional: true,
  })
  filter?: DeadLetterFilter;
}

export class DeadLetterBulkResult {
  @ApiProperty({ type: 'integer', description: 'Dead letters selected.', example: 12 })
  matched: number;

  @ApiProperty({ type: 'integer', description: 'Selected dead letters that were open.', example: 11 })
  changed: number;
}
