// How far the events of each stream are recorded. A delivery is sent once all events before its own are: nodes record the events
// of one thing in any order. See ../../decisions/0002-order-by-heads.md.
import { Injectable } from '@nestjs/common';
import { Bus } from '@mono/bus';

@Injectable()
export class StreamPositions {
  private readonly positions = new Map<string, number>();
  private reading: Promise<void> | undefined;

  constructor(private readonly bus: Bus) {}

  /** By consumer, as last read. */
  get known(): ReadonlyMap<string, number> {
    return this.positions;
  }

  /** Callers that ask at the same time share an answer. */
  read(consumers: readonly string[]): Promise<void> {
    this.reading ??= this.readAll(consumers).finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async readAll(consumers: readonly string[]): Promise<void> {
    await Promise.all(
      this.bus.durable
        .filter(({ name }) => consumers.includes(name))
        .map(async (consumer) => {
          const backlog = await consumer.backlog();
          if (backlog) this.positions.set(consumer.name, backlog.acknowledged);
        }),
    );
  }
}
