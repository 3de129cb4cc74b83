// Dead letters as operators see them.
import { ApiProperty } from '@nestjs/swagger';
import {
  PageInfo,
  PageQuery,
  EnumField,
  InstantField,
  ObjectField,
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

const status = { description: 'What has become of it.', values: DEAD_LETTER_STATUSES, enumName: 'DeadLetterStatus' };
const source = { description: 'What gave up.', values: DEAD_LETTER_SOURCES };
const named = (what: string) => ({ description: what, min: 1, max: MAX_NAME, optional: true });

export class DeadLetterFilter {
  @EnumField({ ...status, optional: true })
  status?: DeadLetterStatus;

  @EnumField({ ...source, optional: true })
  source?: (typeof DEAD_LETTER_SOURCES)[number];

  @TextField(named('Those of this module.'))
  module?: string;

  @TextField(named('Those of this consumer or queue.'))
  consumer?: string;

  @TextField(named('Those of this subject.'))
  subject?: string;

  @TextField(named('Those with this error.'))
  error_code?: string;

  @InstantField({ description: 'Failed then or later.', optional: true })
  failed_after?: string;

  @InstantField({ description: 'Failed before.', optional: true })
  failed_before?: string;
}

export class DeadLetterQuery extends PageQuery {
  @EnumField({ ...status, optional: true })
  status?: DeadLetterStatus;

  @EnumField({ ...source, optional: true })
  source?: (typeof DEAD_LETTER_SOURCES)[number];

  @TextField(named('Those of this module.'))
  module?: string;

  @TextField(named('Those of this consumer or queue.'))
  consumer?: string;

  @TextField(named('Those of this subject.'))
  subject?: string;

  @TextField(named('Those with this error.'))
  error_code?: string;

  @InstantField({ description: 'Failed then or later.', optional: true })
  failed_after?: string;

  @InstantField({ description: 'Failed before.', optional: true })
  failed_before?: string;
}

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

  @ApiProperty({ type: String, description: 'Whose consumer it was.', example: 'time-tracking' })
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
    description: 'As it was received; null in a list where it is larger than 64 KiB.',
  })
  payload: string | null;

  @ApiProperty({ enum: ['utf8', 'base64'], description: 'How the payload is written here.', example: 'utf8' })
  payload_encoding: 'utf8' | 'base64';

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, description: 'Credentials are left out.' })
  headers: Record<string, string>;

  @ApiProperty({ type: DeadLetterError })
  error: DeadLetterError;

  @ApiProperty({ type: 'integer', description: 'Deliveries, those of retries included.', example: 5 })
  attempts: number;

  @EnumField(status)
  status: DeadLetterStatus;

  @ApiProperty({ type: 'integer', description: 'How often somebody had it tried again.', example: 0 })
  retries: number;

  @ApiProperty({ type: String, format: 'date-time', description: 'When it came here.' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'When it last failed.' })
  failed_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it was retried or discarded.' })
  resolved_at: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Who did it.', example: 'api_key:0198b6c2-…' })
  resolved_by: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why.' })
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

const note = { description: 'Why.', max: MAX_NOTE, optional: true, example: 'The provider is back.' };

export class DeadLetterDecision {
  @TextField(note)
  note?: string;
}

export class DeadLetterBulkDecision extends DeadLetterDecision {
  @IdsField({
    description: `These; or the oldest ${MAX_BULK} that the filter matches.`,
    maxItems: MAX_BULK,
    optional: true,
  })
  ids?: string[];

  @ObjectField(() => DeadLetterFilter, { description: 'All of these conditions.', optional: true })
  filter?: DeadLetterFilter;
}

export class DeadLetterBulkResult {
  @ApiProperty({ type: 'integer', description: 'Letters that were meant.', example: 12 })
  matched: number;

  @ApiProperty({ type: 'integer', description: 'Of these, the ones that were not so already.', example: 11 })
  changed: number;
}
