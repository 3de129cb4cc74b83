// Time entries: written by hand or by a timer.
import { ApiProperty } from '@nestjs/swagger';
import {
  BooleanField,
  DurationField,
  EnumField,
  InstantField,
  MEASURED_DURATION,
  PageInfo,
  PageQuery,
  ReadFromText,
  TextField,
  TextsField,
  UuidField,
} from '@mono/contract';
import { MAX_TAGS, MAX_TAG_CHARACTERS } from '@mono/tasks/contract';
import { ENTRY_ORDERS, ENTRY_SOURCES, MAX_NOTE_CHARACTERS, type EntryOrder, type EntrySource } from './words.js';

const uuid = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f';
const taskId = { description: 'What was worked on; null for no task.', example: uuid, nullable: true };
const userId = { description: 'Whose time it is: a member of the workspace.', example: uuid };
const startedAt = { description: 'When the work began.', example: '2026-11-02T09:00:00.000Z' };
const endedAt = {
  description: 'When it ended, at most 31 days later and not ahead of now.',
  example: '2026-11-02T10:30:00.000Z',
};
const duration = { description: 'How long it took, ISO 8601; instead of `ended_at`.', example: 'PT1H30M' };
const note = {
  description: 'What was done.',
  max: MAX_NOTE_CHARACTERS,
  nullable: true,
  example: 'Repotted the ferns',
};
const tags = {
  description: 'Of the entry itself, beside those of its task.',
  maxItems: MAX_TAGS,
  max: MAX_TAG_CHARACTERS,
  unique: true,
  example: ['on site'],
};
const billable = { description: 'Whether somebody pays for it.', example: true };
const instant = { type: String, format: 'date-time', example: '2026-11-02T10:30:00.000Z' } as const;

export class TimeEntry {
  @UuidField({ description: 'UUIDv7.', example: uuid })
  id: string;

  @UuidField(userId)
  user_id: string;

  @UuidField(taskId)
  task_id: string | null;

  @InstantField(startedAt)
  started_at: string;

  @InstantField({ ...endedAt, description: 'When it ended; null while its timer runs.', nullable: true })
  ended_at: string | null;

  @ApiProperty({
    ...MEASURED_DURATION,
    description: 'From start to end; null while its timer runs.',
    example: 'PT1H30M',
    nullable: true,
  })
  duration: string | null;

  @ApiProperty({
    ...MEASURED_DURATION,
    description: 'The duration as the workspace rounds it; null where it does not, and while the timer runs.',
    example: null,
    nullable: true,
  })
  rounded_duration: string | null;

  @TextField(note)
  note: string | null;

  @TextsField(tags)
  tags: string[];

  @BooleanField(billable)
  billable: boolean;

  @EnumField({ description: 'How it came to be.', values: ENTRY_SOURCES, enumName: 'EntrySource', example: 'manual' })
  source: EntrySource;

  @ApiProperty({
    type: [String],
    format: 'uuid',
    description:
      'Under the policy `warn`, in the answer to what wrote it: entries of the same person at the same time, the first ten.',
    example: [],
  })
  overlaps: string[];

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Raised by one with each change.', example: 1 })
  version: number;

  @ApiProperty(instant)
  created_at: string;

  @ApiProperty(instant)
  updated_at: string;
}

/** The version alone guards writes; the rounding shows, too, also where it changes nothing. */
export function entryEntityTag({ version, rounded_duration: rounded }: TimeEntry): string {
  return rounded === null ? String(version) : `${version}.${secondsOf(rounded)}`;
}

/** Of a duration as this module writes it: PT…H…M…S. */
function secondsOf(text: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(text) ?? [];
  return Math.round(Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds));
}

/** What an entry says of the work. */
class Said {
  @UuidField({ ...taskId, optional: true })
  task_id?: string | null;

  @TextField({ ...note, optional: true })
  note?: string | null;

  @TextsField({ ...tags, optional: true })
  tags?: string[];

  @BooleanField({ ...billable, optional: true, default: false })
  billable?: boolean;
}

/** Either `ended_at` or `duration`. */
export class CreateEntry extends Said {
  @UuidField({
    ...userId,
    description: `${userId.description} Without it: the caller, who must be a user.`,
    optional: true,
  })
  user_id?: string;

  @InstantField(startedAt)
  started_at: string;

  @InstantField({ ...endedAt, optional: true })
  ended_at?: string;

  @DurationField({ ...duration, optional: true })
  duration?: string;
}

/** JSON Merge Patch: absent means unchanged, null clears. An `ended_at` or a `duration` stops the timer of one that runs. */
export class EntryPatch {
  @UuidField({ ...taskId, optional: true })
  task_id?: string | null;

  @InstantField({ ...startedAt, optional: true })
  started_at?: string;

  @InstantField({ ...endedAt, optional: true })
  ended_at?: string;

  @DurationField({ ...duration, optional: true })
  duration?: string;

  @TextField({ ...note, optional: true })
  note?: string | null;

  @TextsField({ ...tags, optional: true })
  tags?: string[];

  @BooleanField({ ...billable, optional: true })
  billable?: boolean;
}

/** Without an order: by `started_at`. */
export class EntryQuery extends PageQuery {
  @UuidField({ description: 'Only those of this task.', optional: true })
  task_id?: string;

  @UuidField({ description: 'Only those of this person.', optional: true })
  user_id?: string;

  @InstantField({ description: 'Only those that end after it, or run.', optional: true })
  from?: string;

  @InstantField({ description: 'Only those that begin before it.', optional: true })
  to?: string;

  @TextField({ description: 'Only those with this tag of their own.', max: MAX_TAG_CHARACTERS, min: 1, optional: true })
  tag?: string;

  @ReadFromText((value) => (value === 'true' ? true : value === 'false' ? false : value))
  @BooleanField({ description: 'Only those that are billable, or are not.', optional: true })
  billable?: boolean;

  @EnumField({ description: 'What they are ordered by.', values: ENTRY_ORDERS, default: 'started_at', optional: true })
  order_by?: EntryOrder;
}

export class EntryPage {
  @ApiProperty({ type: [TimeEntry] })
  items: TimeEntry[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

/** The timer runs from the moment at which the server starts it. */
export class StartTimer extends Said {}

/** The caller's timer. */
export class RunningTimer {
  @ApiProperty({ type: TimeEntry, nullable: true, description: 'The entry that it writes; null where none runs.' })
  entry: TimeEntry | null;
}

export class SwitchedTimer {
  @ApiProperty({ type: TimeEntry, nullable: true, description: 'The entry whose timer ran; null where none did.' })
  stopped: TimeEntry | null;

  @ApiProperty({ type: TimeEntry, description: 'The entry whose timer runs from the same moment on.' })
  started: TimeEntry;
}
