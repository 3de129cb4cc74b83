// Records the events of all features, many in one transaction. An event is settled when that is committed.
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Bus } from '@mono/bus';
import { thingEvents, UnavailableError, type FeatureEvent, type ThingEvent } from '@mono/contract';
import { Batcher, FeatureEvents, type ConfigOf } from '@mono/platform';
import { changesConfig } from '../changes.config.js';
import { rowOf, type NewChange } from './event-row.js';
import { FeedWriter } from './feed-writer.js';

const BATCH = 1_000;

@Injectable()
export class EventsConsumer implements OnModuleInit {
  private readonly batcher: Batcher<NewChange>;

  constructor(
    private readonly bus: Bus,
    private readonly events: FeatureEvents,
    @Inject(changesConfig.KEY) private readonly config: ConfigOf<typeof changesConfig>,
    writer: FeedWriter,
  ) {
    this.batcher = new Batcher((rows) => writer.append(rows), {
      most: BATCH,
      isCommon: (error) => error instanceof UnavailableError,
    });
  }

  /** The bus starts later. */
  onModuleInit(): void {
    for (const [module, declared] of Map.groupBy(thingEvents(this.events.all), ({ contract }) => contract.module)) {
      const byName = new Map(declared.map((one) => [one.contract.name, one]));
      this.bus.onDurableEvent(
        declared.map(({ contract }) => contract),
        (body) => this.record(body as FeatureEvent, byName),
        { consumer: `changes-${module}`, module: 'changes', concurrency: this.config.CHANGES_CONCURRENCY },
      );
    }
  }

  private async record(event: FeatureEvent, byName: ReadonlyMap<string, ThingEvent>): Promise<void> {
    const declared = byName.get(event.event);
    const row = declared && rowOf(event, declared.thing, declared.change);
    if (row) await this.batcher.add(row);
  }
}
