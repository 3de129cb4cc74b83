import { Inject, Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { Database, Periodically, type ConfigOf } from '@mono/platform';
import { timeTrackingConfig } from '../time-tracking.config.js';
import { noticeForgotten } from './notice-forgotten.js';

@Injectable()
export class ForgottenTimers {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    @Inject(timeTrackingConfig.KEY) private readonly config: ConfigOf<typeof timeTrackingConfig>,
  ) {}

  @Periodically({
    every: ({ config }: ForgottenTimers) => config.TIME_TRACKING_TIMER_CHECK_SECONDS * 1_000,
    failure: 'Failed to scan for forgotten timers',
  })
  scan(): Promise<number> {
    return noticeForgotten(this.database, this.signal);
  }
}
