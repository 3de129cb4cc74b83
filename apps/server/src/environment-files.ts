import { layerEnvironment, type ConfigurationFault, type Environment } from '@mono/platform';
import { knownNames } from './configuration.js';

/** Names in the files that mean nothing are faults: they are misspelt. */
export function readEnvironment(
  directory: string,
  own: Readonly<Environment> = process.env,
): { environment: Environment; faults: ConfigurationFault[] } {
  const { environment, namesInFiles } = layerEnvironment(directory, own);
  const known = knownNames();
  const faults = namesInFiles
    .filter((name) => !known.has(name))
    .map((name) => ({ name, issue: 'stands in an .env file but is not known' }));
  return { environment, faults };
}
