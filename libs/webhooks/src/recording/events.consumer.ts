// Records the events of all features, many in one transaction. An event is settled when that is committed.
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusContext } from '@mono/bus';
import { UnavailableError, type FeatureEvent } from '@mono/contract';
import { Batcher, type ConfigOf } from '@mono/platform';
import { webhooksConfig } from '../webhooks.config.js';
import { PublicEvents, type PublicEvent } from './public-events.js';
import { recordedEvent, type RecordedEvent } from './recorded-event.js';
import { Recorder } from './recorder.js';

const BATCH = 500;
const CONCURRENCY = 1_024;
const RETRIES = 'RETRIES';

@Injectable()
export class EventsConsumer implements OnModuleInit {
  private readonly batcher: Batcher<RecordedEvent>;

  constructor(
    private readonly bus: Bus,
    private readonly events: PublicEvents,
    @Inject(webhooksConfig.KEY) private readonly config: ConfigOf<typeof webhooksConfig>,
    recorder: Recorder,
  ) {
    this.batcher = new Batcher((events) => recorder.record(events), {
      most: BATCH,
      isCommon: (error) => error instanceof UnavailableError,
    });
  }

  /** The bus starts later. */
  onModuleInit(): void {
    for (const [module, declared] of Map.groupBy(this.events.all, ({ contract }) => contract.module)) {
      const byName = new Map(declared.map((one) => [one.contract.name, one]));
      this.bus.onDurableEvent(
        declared.map(({ contract }) => contract),
        (body, context) => this.record(body as FeatureEvent, byName, context),
        { consumer: `webhooks-${module}`, module: 'webhooks', concurrency: CONCURRENCY },
      );
    }
  }

  private async record(
    event: FeatureEvent,
    byName: ReadonlyMap<string, PublicEvent>,
    { delivery }: BusContext,
  ): Promise<void> {
    const declared = byName.get(event.event);
    // A retried dead letter has lost its place in the order.
    const place = delivery?.stream === RETRIES ? undefined : delivery;
    const recorded = declared && recordedEvent(event, declared, place, this.config.WEBHOOKS_MAX_EVENT_BYTES);
    if (recorded) await this.batcher.add(recorded);
  }
}
