// Follows the zones of users, in which their digests are.
import { Controller, Inject } from '@nestjs/common';
import { authEvents, type UserEvent } from '@mono/auth/contract';
import { Database, OnEvent, type Executor } from '@mono/platform';
import { replanDigest } from '../persistence/digests.js';

@Controller()
export class ZonesConsumer {
  constructor(@Inject(Database) private readonly database: Executor) {}

  /** Idempotent: the digest is only looked at again. */
  @OnEvent(authEvents.user_updated, {
    consumer: 'notifications-zones',
    module: 'notifications',
    key: ({ aggregate_id }) => aggregate_id,
  })
  async replan({ aggregate_id: userId, changed }: Pick<UserEvent, 'aggregate_id' | 'changed'>): Promise<void> {
    if (changed?.includes('timezone')) await replanDigest(this.database, userId);
  }
}
