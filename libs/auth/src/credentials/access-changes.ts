// On every node: forgets the verdicts on a key or a user that changes, those on the users in a workspace that changes what members
// read, and all of them when the bus reconnects, because changes may have been missed.
import { Controller, type OnApplicationShutdown } from '@nestjs/common';
import { Bus, EventHandler, type BodyOf } from '@mono/bus';
import { everyAuthEvent, RememberedKeys, RememberedPersonalTokens, RememberedUsers } from '../../contract/index.js';

@Controller()
export class AccessChanges implements OnApplicationShutdown {
  private readonly unsubscribe: () => void;

  constructor(
    bus: Bus,
    private readonly keys: RememberedKeys,
    private readonly users: RememberedUsers,
    private readonly tokens: RememberedPersonalTokens,
  ) {
    this.unsubscribe = bus.host.connection.onConnected(() => {
      this.clear();
    });
  }

  @EventHandler(everyAuthEvent)
  forget(event: BodyOf<typeof everyAuthEvent>): Promise<void> {
    if (event.aggregate === 'api_key') this.keys.forget(event.aggregate_id);
    if (event.aggregate === 'user') this.forgetUser(event.aggregate_id);
    // Neither event names the keys and members of the workspaces that it deletes.
    if (event.event === 'account_deleted' || event.event === 'workspace_deleted') this.clear();
    if (event.aggregate === 'member') this.forgetUser(event.user_id);
    if (event.event === 'workspace_updated' && 'time_entries_visible_to' in event.changes)
      this.forgetIn(event.aggregate_id);
    return Promise.resolve();
  }

  private clear(): void {
    this.keys.clear();
    this.users.clear();
    this.tokens.clear();
  }

  private forgetIn(workspaceId: string): void {
    this.users.forgetIn(workspaceId);
    this.tokens.forgetIn(workspaceId);
  }

  private forgetUser(id: string): void {
    this.users.forget(id);
    this.tokens.forget(id);
  }

  onApplicationShutdown(): void {
    this.unsubscribe();
  }
}
