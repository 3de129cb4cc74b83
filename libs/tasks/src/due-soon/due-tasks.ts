// Periodic work on due dates: events for tasks that are due soon, and changes of zone data.
import { Inject, Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import {
  Database,
  Periodically,
  RetryingDatabase,
  ZONE_CHANGES_FAILURE,
  ZONE_CHANGES_INTERVAL_MS,
  ZoneChanges,
  type ConfigOf,
} from '@mono/platform';
import { PinoLogger } from 'nestjs-pino';
import { tasksConfig } from '../tasks.config.js';
import { addDueSoonEvents } from './due-soon.js';
import { dueZones, moveDueDays } from './move-due-days.js';

@Injectable()
export class DueTasks {
  private readonly zones: ZoneChanges;

  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    @Inject(tasksConfig.KEY) private readonly config: ConfigOf<typeof tasksConfig>,
    writes: RetryingDatabase,
    logger: PinoLogger,
  ) {
    this.zones = new ZoneChanges({
      database: writes,
      schema: 'tasks',
      zonesInUse: dueZones,
      move: moveDueDays,
      onMoved: () => signal.wake(),
      logger,
    });
  }

  @Periodically({
    every: ({ config }: DueTasks) => config.TASKS_DUE_SOON_INTERVAL_SECONDS * 1_000,
    failure: 'Failed to scan for tasks that are due soon',
  })
  scan(): Promise<number> {
    return addDueSoonEvents(this.database, this.signal, this.config.TASKS_DUE_SOON_LEAD_MINUTES);
  }

  @Periodically({ everyMs: ZONE_CHANGES_INTERVAL_MS, atStart: true, failure: ZONE_CHANGES_FAILURE })
  followZoneData(): Promise<void> {
    return this.zones.run();
  }
}
