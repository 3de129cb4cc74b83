// Periodic work on reminders: find due ones, follow changes of zone data, prune.
import { Inject, Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import {
  Database,
  eventMemoryMs,
  NodeInfo,
  Periodically,
  PRUNING_INTERVAL_MS,
  ZONE_CHANGES_FAILURE,
  ZONE_CHANGES_INTERVAL_MS,
  ZoneChanges,
  type ConfigOf,
} from '@mono/platform';
import { PinoLogger } from 'nestjs-pino';
import { pruneTasks } from '../persistence/followed-tasks.js';
import { pruneReminders } from '../persistence/reminders.js';
import { notificationsConfig } from '../settings.js';
import { remind } from './remind.js';
import { reminderZones, retimeZone } from './retime-zone.js';

@Injectable()
export class Reminders {
  private readonly zones: ZoneChanges;

  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly node: NodeInfo,
    @Inject(notificationsConfig.KEY) private readonly config: ConfigOf<typeof notificationsConfig>,
    logger: PinoLogger,
  ) {
    this.zones = new ZoneChanges({
      database,
      schema: 'notifications',
      zonesInUse: reminderZones,
      move: retimeZone,
      onMoved: () => undefined,
      logger,
    });
  }

  @Periodically({
    every: ({ config }: Reminders) => config.REMINDERS_INTERVAL_SECONDS * 1_000,
    failure: 'Failed to scan for due reminders',
  })
  remind(): Promise<number> {
    return remind(this.database, this.signal);
  }

  @Periodically({ everyMs: ZONE_CHANGES_INTERVAL_MS, atStart: true, failure: ZONE_CHANGES_FAILURE })
  followZoneData(): Promise<void> {
    return this.zones.run();
  }

  @Periodically({ everyMs: PRUNING_INTERVAL_MS, atStart: true, failure: 'Failed to prune deleted tasks' })
  pruneTasks(): Promise<number> {
    return pruneTasks(this.database, eventMemoryMs(this.node));
  }

  @Periodically({ everyMs: PRUNING_INTERVAL_MS, atStart: true, failure: 'Failed to prune old reminders' })
  pruneReminders(): Promise<number> {
    return pruneReminders(this.database);
  }
}
