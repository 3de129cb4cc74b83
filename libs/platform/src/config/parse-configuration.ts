import type { Settings, SettingsOf } from './settings.js';

export interface ConfigurationFault {
  /** The variable's name. Its value is never shown. */
  name: string;
  issue: string;
}

/** All faults at once, by name and never by value. */
export class ConfigurationError extends Error {
  constructor(readonly faults: readonly ConfigurationFault[]) {
    super(`The configuration is not valid:\n${faults.map(({ name, issue }) => `  ${name} ${issue}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}

type Slices = Readonly<Record<string, Settings>>;
export type ConfigurationOf<S extends Slices> = { readonly [Slice in keyof S]: SettingsOf<S[Slice]> };

/**
 * Parses every slice from one environment. An empty variable counts as absent.
 * @param check relations between settings ("X needs Y"); a setting that is faulty by itself is undefined in it.
 * @throws ConfigurationError with all faults.
 */
export function parseConfiguration<const S extends Slices>(
  slices: S,
  environment: Readonly<Record<string, string | undefined>>,
  check: (configuration: ConfigurationOf<S>) => ConfigurationFault[] = () => [],
): ConfigurationOf<S> {
  const faults: ConfigurationFault[] = [];
  const configuration: Record<string, Record<string, unknown>> = {};
  for (const [sliceName, settings] of Object.entries(slices)) {
    const values: Record<string, unknown> = {};
    for (const [name, setting] of Object.entries(settings)) {
      const given = environment[name]?.trim();
      const text = given === undefined || given === '' ? setting.defaultText : given;
      values[name] = text === undefined ? undefined : setting.parse(text);
      if (text !== undefined && values[name] === undefined) faults.push({ name, issue: `must be ${setting.expected}` });
    }
    configuration[sliceName] = values;
  }
  faults.push(...check(configuration as ConfigurationOf<S>));
  if (faults.length > 0) throw new ConfigurationError(faults);
  return configuration as ConfigurationOf<S>;
}
