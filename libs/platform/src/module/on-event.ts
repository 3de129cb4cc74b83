// Event consumers as methods of controllers.
import {
  DurableEventHandler,
  type BodyOf,
  type BusContext,
  type DurableHandlerOptions,
  type EventContract,
} from '@mono/bus';
import type { ConfigOf, FeatureConfig } from '../config/feature-config.js';

type Constants<Event> = Omit<DurableHandlerOptions<unknown, Event>, 'inject' | 'options'>;

export interface OnEventOptions<Event, Config extends FeatureConfig = FeatureConfig> extends Constants<Event> {
  /** The feature's configuration, where `options` depend on it. */
  config?: Config;
  /** Options that depend on the configuration, resolved at the boot. */
  options?: (config: ConfigOf<Config>) => ReturnType<NonNullable<DurableHandlerOptions['options']>>;
}

/** Read only, so that the method may take less of an event than its contract promises. */
interface EventMethod<Event> {
  readonly value?: (event: Event, context: BusContext) => Promise<void>;
}

/**
 * Consumes each event once among all nodes, until the method is done with it or it is a dead letter. The method is called
 * with the event's body and the BusContext. Where several events are consumed, `event` in the body names the one.
 * @param events values of their owner's contract.
 */
export function OnEvent<
  const Events extends EventContract | readonly EventContract[],
  const Config extends FeatureConfig = FeatureConfig,
>(
  events: Events,
  { config, ...options }: OnEventOptions<BodyOf<Events>, Config>,
): (target: object, method: string, descriptor: EventMethod<BodyOf<Events>>) => void {
  return DurableEventHandler<BodyOf<Events>>(events as EventContract<BodyOf<Events>>, {
    ...options,
    ...(config && { inject: config.KEY }),
  });
}
