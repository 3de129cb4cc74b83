// On every node: whatever is remembered of a key or a user is forgotten when it changes, and all of it when the bus comes
// back, since nobody knows what was said meanwhile.
import { Controller, type OnApplicationShutdown } from '@nestjs/common';
import { Bus, EventHandler } from '@mono/bus';
import {
  authEvents,
  RememberedKeys,
  RememberedUsers,
  type AuthEvent,
  type MemberEvent,
  type UserEvent,
} from '../../contract/index.js';

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

  @EventHandler(authEvents)
  hear(event: AuthEvent | UserEvent | MemberEvent): Promise<void> {
    if (event.aggregate === 'api_key') this.keys.forget(event.aggregate_id);
    if (event.aggregate === 'user') this.users.forget(event.aggregate_id);
    // With a person, whole workspaces may have gone.
    if (event.event === 'account_deleted') this.keys.clear();
    if (event.aggregate === 'member') this.users.forget(event.user_id);
    return Promise.resolve();
  }

  onApplicationShutdown(): void {
    this.unsubscribe();
  }
}
