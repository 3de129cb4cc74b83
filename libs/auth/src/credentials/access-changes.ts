// On every node: forgets the verdicts on a key or a user that changes, and all of them when the bus reconnects, because changes
// may have been missed.
import { Controller, type OnApplicationShutdown } from '@nestjs/common';
import { Bus, EventHandler, type BodyOf } from '@mono/bus';
import { everyAuthEvent, RememberedKeys, RememberedUsers } from '../../contract/index.js';

@Controller()
export class AccessChanges implements OnApplicationShutdown {
  private readonly unsubscribe: () => void;

  constructor(
    bus: Bus,
    private readonly keys: RememberedKeys,
    private readonly users: RememberedUsers,
  ) {
    this.unsubscribe = bus.host.connection.onConnected(() => {
      this.keys.clear();
      this.users.clear();
    });
  }

  @EventHandler(everyAuthEvent)
  forget(event: BodyOf<typeof everyAuthEvent>): Promise<void> {
    if (event.aggregate === 'api_key') this.keys.forget(event.aggregate_id);
    if (event.aggregate === 'user') this.users.forget(event.aggregate_id);
    // Workspaces are deleted with the account.
    if (event.event === 'account_deleted') this.keys.clear();
    if (event.aggregate === 'member') this.users.forget(event.user_id);
    return Promise.resolve();
  }

  onApplicationShutdown(): void {
    this.unsubscribe();
  }
}
