// Publishes the event of each user's digest once a day. The day and its event commit together, so that neither concurrent nodes nor a
// crash repeat or lose one.
import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '@mono/bus';
import { OutboxSignal } from '@mono/bus/outbox';
import {
  Database,
  outbox,
  Periodically,
  PRUNING_INTERVAL_MS,
  type ConfigOf,
  type Executor,
  type TransactionalExecutor,
} from '@mono/platform';
import { PinoLogger } from 'nestjs-pino';
import { notificationsEvents } from '../../contract/index.js';
import { digestId, endsOf, knownZone, planDigest } from '../domain/digest.js';
import { People } from '../mails/people.js';
import {
  deleteDigest,
  ensureDigests,
  hasDueTasks,
  leaseDigests,
  lockDigest,
  saveDigest,
  takeAssignments,
} from '../persistence/digests.js';
import { findPreferences, lockPreferences } from '../persistence/preferences.js';
import { notificationsConfig } from '../settings.js';

const BATCH = 100;
/** After a failure, a digest is tried again after this time. */
const LEASE_MS = 60_000;
const REQUEST_ID = 'digests';

@Injectable()
export class Digests {
  constructor(
    @Inject(Database) private readonly database: TransactionalExecutor,
    @Inject(Bus) private readonly bus: Pick<Bus, 'request'>,
    private readonly signal: OutboxSignal,
    @Inject(notificationsConfig.KEY) private readonly config: ConfigOf<typeof notificationsConfig>,
    @Inject(PinoLogger) private readonly logger: Pick<PinoLogger, 'warn'>,
  ) {}

  /** @returns the number of published digests. */
  @Periodically({
    every: ({ config }: Digests) => config.REMINDERS_INTERVAL_SECONDS * 1_000,
    failure: 'Failed to scan for due digests',
  })
  async publishDue(): Promise<number> {
    for (let published = 0; ;) {
      const users = await leaseDigests(this.database, LEASE_MS, BATCH);
      for (const userId of users) published += Number(await this.tryToPublish(userId));
      if (users.length < BATCH) return published;
    }
  }

  /** A failure, such as of auth, delays the digest of one user. */
  private async tryToPublish(userId: string): Promise<boolean> {
    try {
      return await this.publish(userId, Date.now());
    } catch (error) {
      this.logger.warn({ err: error, user_id: userId }, 'Failed to publish a digest; retrying');
      return false;
    }
  }

  /** @param nowMs milliseconds since 1970. @returns whether a digest was due and has something in it. */
  async publish(userId: string, nowMs: number): Promise<boolean> {
    const user = await new People(this.bus, { requestId: REQUEST_ID }).contact(userId);
    return this.database.transaction(async (on) => {
      if (!user) {
        await deleteDigest(on, userId);
        return false;
      }
      await lockPreferences(on, userId, 'shared');
      const row = await lockDigest(on, userId);
      if (!row) return false;
      const { daily_digest: wanted, daily_digest_time: time } = await findPreferences(on, userId);
      if (!wanted) {
        await saveDigest(on, userId, null, undefined);
        return false;
      }
      const zone = knownZone(user.timezone);
      const { since, last_day: lastDay } = row;
      const { day, nextMs } = planDigest({ nowMs, zone, time, sinceMs: Date.parse(since), lastDay });
      await saveDigest(on, userId, nextMs, day);
      return day !== undefined && this.publishDay(on, userId, day, zone);
    });
  }

  private async publishDay(on: Executor, userId: string, day: string, zone: string): Promise<boolean> {
    const unannounced = await takeAssignments(on, userId, day);
    if (unannounced === 0 && !(await hasDueTasks(on, { userId, day, ...endsOf(day, zone) }))) return false;
    const id = digestId(userId, day);
    await outbox.add(on, notificationsEvents.daily_digest, {
      id,
      aggregate: 'digest',
      aggregate_id: id,
      version: 1,
      actor: { kind: 'system', id: 'digests' },
      request_id: REQUEST_ID,
      changes: {},
      user_id: userId,
      day,
    });
    on.afterCommit(() => this.signal.wake());
    return true;
  }

  @Periodically({ everyMs: PRUNING_INTERVAL_MS, atStart: true, failure: 'Failed to add digests' })
  addMissing(): Promise<number> {
    return ensureDigests(this.database);
  }
}
