// On every node: whatever is remembered of a key is forgotten when the key changes, and all of it when the bus comes back,
// since nobody knows what was said meanwhile.
import { Controller, type OnApplicationShutdown } from '@nestjs/common';
import { Bus, EventHandler } from '@mono/bus';
import { authEvents, RememberedKeys, type AuthEvent } from '../../contract/index.js';

@Controller()
export class AccessChanges implements OnApplicationShutdown {
  private readonly unsubscribe: () => void;

  constructor(
    bus: Bus,
    private readonly remembered: RememberedKeys,
  ) {
    this.unsubscribe = bus.host.connection.onConnected(() => this.remembered.clear());
  }

  @EventHandler(authEvents)
  hear({ aggregate, aggregate_id }: AuthEvent): Promise<void> {
    if (aggregate === 'api_key') this.remembered.forget(aggregate_id);
    return Promise.resolve();
  }

  onApplicationShutdown(): void {
    this.unsubscribe();
  }
}
