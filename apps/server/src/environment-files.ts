import { layerEnvironment, type ConfigurationFault, type Environment } from '@mono/platform';
import { knownNames } from './configuration.js';
import { nearestName } from './nearest-name.js';

/**
 * A name in the files that no setting has is a fault. The process's own environment holds variables of many programs: there a
 * name is a fault only if it resembles a setting that is not set.
 */
export function readEnvironment(
  directory: string,
  own: Readonly<Environment> = process.env,
): { environment: Environment; faults: ConfigurationFault[] } {
  const { environment, namesInFiles } = layerEnvironment(directory, own);
  const known = knownNames();
  const inFiles = namesInFiles
    .filter((name) => !known.has(name))
    .map((name) => ({
      name,
      issue: `stands in an .env file but is not a setting${suggestion(nearestName(name, known))}`,
    }));
  const unset = [...known].filter((name) => own[name] === undefined);
  const misspelt = Object.keys(own).flatMap((name) => {
    const meant = known.has(name) || namesInFiles.includes(name) ? undefined : nearestName(name, unset);
    if (meant === undefined) return [];
    return [{ name, issue: `is not a setting. Did you mean ${meant}? If not, set ${meant} as well, even to nothing` }];
  });
  return { environment, faults: [...inFiles, ...misspelt] };
}

function suggestion(meant: string | undefined): string {
  return meant === undefined ? '' : `; did you mean ${meant}`;
}
