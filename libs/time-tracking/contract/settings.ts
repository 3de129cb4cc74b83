// Time settings of a workspace, and its closed period.
import { ApiProperty } from '@nestjs/swagger';
import { EnumField, InstantField, IntegerField, OmitType, PartialType } from '@mono/contract';
import { Actor } from './history.js';
import { OVERLAP_POLICIES, ROUNDING_MODES, type OverlapPolicy, type RoundingMode } from './time-constants.js';

const overlapPolicy = {
  description:
    'Overlapping entries of one user: `warn` names the other entries in the answer, `refuse` rejects new ones.',
  values: OVERLAP_POLICIES,
  enumName: 'OverlapPolicy',
  example: 'allow',
};
const roundingMinutes = {
  description: 'Unit, in minutes, to which shown durations of entries are rounded; null for no rounding.',
  min: 1,
  max: 60,
  nullable: true,
  example: null,
};
const roundingMode = {
  description: 'Direction of rounding.',
  values: ROUNDING_MODES,
  enumName: 'RoundingMode',
  example: 'nearest',
};
const forgottenHours = {
  description: 'Hours after which a running timer counts as forgotten, and its user receives a mail.',
  min: 1,
  max: 168,
  example: 10,
};
const version = {
  type: 'integer',
  minimum: 1,
  description: 'Version, raised by one with each change.',
  example: 1,
} as const;
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

  @ApiProperty({
    ...instant,
    nullable: true,
    description: 'Time of the last change; null if the settings are the defaults.',
  })
  updated_at: string | null;
}

/** JSON Merge Patch: absent means unchanged, null clears. */
export class TimeSettingsPatch extends PartialType(OmitType(TimeSettings, ['version', 'updated_at'])) {}

const lockedUntil = {
  description:
    'End of the closed period. Entries before it cannot be created, updated or deleted. Null: no period is closed.',
  example: '2026-11-01T00:00:00.000Z',
  nullable: true,
};

export class LockPeriod {
  @InstantField({ ...lockedUntil, description: `${lockedUntil.description} Not in the future.` })
  locked_until: string | null;
}

export class PeriodLock {
  @InstantField(lockedUntil)
  locked_until: string | null;

  @ApiProperty({ ...instant, nullable: true, description: 'Time at which it was last set; null if it never was.' })
  locked_at: string | null;

  @ApiProperty({ type: Actor, nullable: true, description: 'Actor who set it.' })
  locked_by: Actor | null;

  @ApiProperty({ ...version, description: 'Version of the settings, of which the lock is a part.' })
  version: number;
}
