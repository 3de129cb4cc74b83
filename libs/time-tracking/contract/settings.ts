// How a workspace keeps its time, and until when it is closed.
import { ApiProperty } from '@nestjs/swagger';
import { EnumField, InstantField, IntegerField } from '@mono/contract';
import { Actor } from './history.js';
import { OVERLAP_POLICIES, ROUNDING_MODES, type OverlapPolicy, type RoundingMode } from './words.js';

const overlapPolicy = {
  description:
    'What becomes of entries of one person that overlap: `warn` names the others in the answer, `refuse` takes none from now on.',
  values: OVERLAP_POLICIES,
  enumName: 'OverlapPolicy',
  example: 'allow',
};
const roundingMinutes = {
  description: 'To how many minutes durations of entries are rounded where they are shown; null for not at all.',
  min: 1,
  max: 60,
  nullable: true,
  example: null,
};
const roundingMode = {
  description: 'How they are rounded.',
  values: ROUNDING_MODES,
  enumName: 'RoundingMode',
  example: 'nearest',
};
const forgottenHours = {
  description: 'After how many hours a timer that runs is thought forgotten: its user gets a mail.',
  min: 1,
  max: 168,
  example: 10,
};
const version = { type: 'integer', minimum: 1, description: 'Raised by one with each change.', example: 1 } as const;
const instant = { type: String, format: 'date-time', example: '2026-11-01T00:00:00.000Z' } as const;

export class TimeSettings {
  @EnumField(overlapPolicy)
  overlap_policy: OverlapPolicy;

  @IntegerField(roundingMinutes)
  rounding_minutes: number | null;

  @EnumField(roundingMode)
  rounding_mode: RoundingMode;

  @IntegerField(forgottenHours)
  forgotten_timer_hours: number;

  @ApiProperty(version)
  version: number;

  @ApiProperty({ ...instant, nullable: true, description: 'Null while they are as they come.' })
  updated_at: string | null;
}

/** JSON Merge Patch: absent means unchanged, null clears. */
export class TimeSettingsPatch {
  @EnumField({ ...overlapPolicy, optional: true })
  overlap_policy?: OverlapPolicy;

  @IntegerField({ ...roundingMinutes, optional: true })
  rounding_minutes?: number | null;

  @EnumField({ ...roundingMode, optional: true })
  rounding_mode?: RoundingMode;

  @IntegerField({ ...forgottenHours, optional: true })
  forgotten_timer_hours?: number;
}

const lockedUntil = {
  description: 'What lies before it is closed: no entry in it is made, changed or deleted. Null: nothing is.',
  example: '2026-11-01T00:00:00.000Z',
  nullable: true,
};

export class LockPeriod {
  @InstantField({ ...lockedUntil, description: `${lockedUntil.description} Not ahead of now.` })
  locked_until: string | null;
}

export class PeriodLock {
  @InstantField(lockedUntil)
  locked_until: string | null;

  @ApiProperty({ ...instant, nullable: true, description: 'When it was last set; null while it never was.' })
  locked_at: string | null;

  @ApiProperty({ type: Actor, nullable: true, description: 'Who set it.' })
  locked_by: Actor | null;

  @ApiProperty({ ...version, description: 'That of the settings, of which it is a part.' })
  version: number;
}
