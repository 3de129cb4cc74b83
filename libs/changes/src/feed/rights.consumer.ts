// A long poll has the rights with which it began: it ends when these may have changed, and the caller asks again.
import { Controller } from '@nestjs/common';
import { everyAuthEvent } from '@mono/auth/contract';
import { EventHandler, type BodyOf } from '@mono/bus';
import { Waiting } from './waiting.js';

@Controller()
export class RightsConsumer {
  constructor(private readonly waiting: Waiting) {}

  @EventHandler(everyAuthEvent)
  end(event: BodyOf<typeof everyAuthEvent>): Promise<void> {
    if (event.aggregate === 'api_key' || event.aggregate === 'user') this.waiting.outdateOf(event.aggregate_id);
    if (event.aggregate === 'member') this.waiting.outdateOf(event.user_id);
    if (event.event === 'workspace_updated' && 'time_entries_visible_to' in event.changes)
      this.waiting.outdateIn(event.aggregate_id);
    return Promise.resolve();
  }
}
