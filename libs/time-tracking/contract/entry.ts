// Time entries, written manually or by a timer.
import { ApiProperty } from '@nestjs/swagger';
import {
  BooleanField,
  DurationField,
  EnumField,
  InstantField,
  MomentField,
  MEASURED_DURATION,
  OmitType,
  PageInfo,
  PageQuery,
  PartialType,
  PickType,
  ReadFromText,
  TextField,
  TextsField,
  UuidField,
} from '@mono/contract';
import { MAX_TAGS, MAX_TAG_CHARACTERS } from '@mono/tasks/contract';
import {
  ENTRY_ORDERS,
  ENTRY_SOURCES,
  MAX_NOTE_CHARACTERS,
  type EntryOrder,
  type EntrySource,
} from './time-constants.js';

const uuid = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f';
const taskId = { description: 'Task; null if the entry has none.', example: uuid, nullable: true };
const userId = { description: 'User whose time it is: a member of the workspace.', example: uuid };
const startedAt = { description: 'Start of the work.', example: '2026-11-02T09:00:00.000Z' };
const endedAt = {
  description: 'End of the work: at most 31 days after the start, and not in the future.',
  example: '2026-11-02T10:30:00.000Z',
};
const duration = { description: 'Duration, ISO 8601, such as `PT1H30M`; instead of `ended_at`.' };
const note = {
  description: 'Note about the work.',
  max: MAX_NOTE_CHARACTERS,
  nullable: true,
  example: 'Repotted the ferns',
};
const tags = {
  description: 'Tags of the entry, in addition to those of its task.',
  maxItems: MAX_TAGS,
  max: MAX_TAG_CHARACTERS,
  unique: true,
  example: ['on site'],
};
const billable = { description: 'Whether the time is billable.', example: true };
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

  @InstantField({ ...endedAt, description: 'End; null while the timer runs.', nullable: true })
  ended_at: string | null;

  @ApiProperty({
    ...MEASURED_DURATION,
    description: 'Time from start to end; null while the timer runs.',
    example: 'PT1H30M',
    nullable: true,
  })
  duration: string | null;

  @ApiProperty({
    ...MEASURED_DURATION,
    description: 'Duration, rounded by the settings of the workspace; null without rounding and while the timer runs.',
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

  @EnumField({ description: 'Origin of the entry.', values: ENTRY_SOURCES, enumName: 'EntrySource', example: 'manual' })
  source: EntrySource;

  @ApiProperty({
    type: [String],
    format: 'uuid',
    description:
      'First ten entries of the same user that overlap this one; only in the answer to a write, under the policy `warn`.',
    example: [],
  })
  overlaps: string[];

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Version, raised by one with each change.', example: 1 })
  version: number;

  @ApiProperty(instant)
  created_at: string;

  @ApiProperty(instant)
  updated_at: string;
}

/** The version alone guards writes. The rounded duration is part of the tag because settings change it without a new version. */
export function entryEntityTag({ version, rounded_duration: rounded }: TimeEntry): string {
  return rounded === null ? String(version) : `${version}.${secondsOf(rounded)}`;
}

/** @param text a duration in the form in which this module writes it: PT…H…M…S. */
function secondsOf(text: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(text) ?? [];
  return Math.round(Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds));
}

const ABOUT_THE_WORK = ['task_id', 'note', 'tags', 'billable'] as const;

/** The timer runs from the time at which the server starts it. */
export class StartTimer extends PartialType(PickType(TimeEntry, ABOUT_THE_WORK)) {
  @BooleanField({ ...billable, optional: true, default: false })
  override billable?: boolean;
}

/** Either `ended_at` or `duration`. */
export class CreateEntry extends StartTimer {
  @UuidField({
    ...userId,
    description: `${userId.description} Default: the caller, who must be a user.`,
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

/** JSON Merge Patch: absent means unchanged, null clears. An `ended_at` or a `duration` stops a running timer. */
export class EntryPatch extends PartialType(OmitType(CreateEntry, ['user_id'])) {}

export class EntryQuery extends PageQuery {
  @UuidField({ description: 'Only entries of this task.', optional: true })
  task_id?: string;

  @UuidField({ description: 'Only entries of this user.', optional: true })
  user_id?: string;

  @MomentField({
    description:
      'Only entries that end after this time or whose timer runs. A date is the beginning of that day in the zone of the caller.',
    optional: true,
  })
  from?: string;

  @MomentField({ description: 'Only entries that start before this time, or before this day.', optional: true })
  to?: string;

  @TextField({
    description: 'Only entries with this tag of their own.',
    max: MAX_TAG_CHARACTERS,
    min: 1,
    optional: true,
  })
  tag?: string;

  @ReadFromText((value) => (value === 'true' ? true : value === 'false' ? false : value))
  @BooleanField({ description: 'Only billable entries, or only others.', optional: true })
  billable?: boolean;

  @EnumField({ description: 'Order.', values: ENTRY_ORDERS, default: 'started_at', optional: true })
  order_by?: EntryOrder;
}

export class EntryPage {
  @ApiProperty({ type: [TimeEntry] })
  items: TimeEntry[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

/** The caller's timer. */
export class RunningTimer {
  @ApiProperty({ type: TimeEntry, nullable: true, description: 'Entry of the running timer; null if none runs.' })
  entry: TimeEntry | null;
}

export class SwitchedTimer {
  @ApiProperty({
    type: TimeEntry,
    nullable: true,
    description: 'Entry whose timer was stopped; null if none was running.',
  })
  stopped: TimeEntry | null;

  @ApiProperty({ type: TimeEntry, description: 'Entry of the timer that was started at the same time.' })
  started: TimeEntry;
}
