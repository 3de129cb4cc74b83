// Event consumers as methods of controllers.
import { DurableEventHandler, type BusContext, type DurableHandlerOptions, type EventContract } from '@mono/bus';
import type { ConfigOf, FeatureConfig } from '../config/feature-config.js';

type Constants = Omit<DurableHandlerOptions, 'inject' | 'options' | 'key'>;

export interface OnEventOptions<Event, Config extends FeatureConfig = FeatureConfig> extends Constants {
  /** As that of DurableOptions, of an event. */
  key?: (event: Event) => string;
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
 * with the event, checked by the rules of its class, and the BusContext.
 */
export function OnEvent<Event, const Config extends FeatureConfig = FeatureConfig>(
  events: EventContract<Event> | readonly EventContract<Event>[],
  { config, ...options }: OnEventOptions<NoInfer<Event>, Config>,
): (target: object, method: string, descriptor: EventMethod<Event>) => void {
  return DurableEventHandler(events, {
    ...options,
    ...(config && { inject: config.KEY }),
  } as DurableHandlerOptions<never>);
}
