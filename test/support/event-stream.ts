// The stream of a module whose events a test publishes itself.
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';

export class EventStream {
  private constructor(
    private readonly connection: NatsConnection,
    private readonly module: string,
  ) {}

  static async open(natsUrl: string, module: string): Promise<EventStream> {
    const connection = await connect({ servers: new URL(natsUrl).host });
    const manager = await jetstreamManager(connection);
    const name = `EVENTS_${module.toUpperCase().replaceAll('-', '_')}`;
    await manager.streams.add({ name, subjects: [`events.${module}.>`] });
    return new EventStream(connection, module);
  }

  /** Resolves when the stream has it. */
  async publish(event: { event: string }): Promise<void> {
    await jetstream(this.connection).publish(`events.${this.module}.v1.${event.event}`, JSON.stringify(event));
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}
