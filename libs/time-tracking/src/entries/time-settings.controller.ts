// The use cases of a workspace's time settings and of its closed period.
import { Controller } from '@nestjs/common';
import type { CallContext, InputOf } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import { timeSettingsOperations as operations, type PeriodLock, type TimeSettings } from '../../contract/index.js';
import { EntriesParts } from './entries-parts.js';
import { getLock, lockPeriod } from './period-lock.js';
import { getSettings, updateSettings } from './time-settings.js';

@Controller()
export class TimeSettingsController {
  constructor(
    private readonly database: Database,
    private readonly parts: EntriesParts,
  ) {}

  @Operation(operations.getSettings)
  getSettings(_nothing: undefined, call: CallContext): Promise<TimeSettings> {
    return getSettings(this.database, call);
  }

  @Operation(operations.updateSettings)
  updateSettings({ patch }: InputOf<typeof operations.updateSettings>, call: CallContext): Promise<TimeSettings> {
    return updateSettings(this.parts, call, patch);
  }

  @Operation(operations.getLock)
  getLock(_nothing: undefined, call: CallContext): Promise<PeriodLock> {
    return getLock(this.database, call);
  }

  @Operation(operations.lockPeriod)
  lockPeriod(input: InputOf<typeof operations.lockPeriod>, call: CallContext): Promise<PeriodLock> {
    return lockPeriod(this.parts, call, input);
  }
}
