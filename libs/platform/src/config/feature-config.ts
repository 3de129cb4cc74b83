// A feature's configuration as a token: declared beside the feature, parsed by the app with all others, injected by its key.
import type { ConfigurationFault } from './parse-configuration.js';
import type { Settings, SettingsOf } from './settings.js';

export interface FeatureConfig<S extends Settings = Settings> {
  /** The injection token of the parsed values. */
  readonly KEY: string;
  readonly feature: string;
  readonly settings: S;
  /** Relations between settings ("X needs Y"). A setting that is invalid by itself is undefined here. */
  faults?(this: void, settings: SettingsOf<S>): ConfigurationFault[];
}

/** The parsed values of a feature's settings. */
export type ConfigOf<C> = C extends FeatureConfig<infer S> ? SettingsOf<S> : never;

export function defineConfig<const S extends Settings>(
  feature: string,
  settings: S,
  faults?: (settings: SettingsOf<S>) => ConfigurationFault[],
): FeatureConfig<S> {
  return { KEY: `configuration of ${feature}`, feature, settings, ...(faults && { faults }) };
}
