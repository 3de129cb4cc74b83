// `.env`, then `.env.<APP_ENV>`, then the process environment; the later wins.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigurationError, type ConfigurationFault } from '@mono/platform';
import { APP_ENVIRONMENTS, knownNames } from './configuration.js';

type Environment = Record<string, string | undefined>;

/** Names in the files that mean nothing are faults: they are misspelt. @throws ConfigurationError */
export function readEnvironment(directory: string, own: Environment = process.env): Environment {
  const base = readFile(join(directory, '.env'));
  const appEnvironment = own['APP_ENV'] ?? base['APP_ENV'] ?? 'dev';
  // An unknown APP_ENV is reported with all other faults; here it must not become a path.
  const known = APP_ENVIRONMENTS.some((name) => name === appEnvironment);
  const specific = known ? readFile(join(directory, `.env.${appEnvironment}`)) : {};
  const names = knownNames();
  const faults: ConfigurationFault[] = [...new Set([...Object.keys(base), ...Object.keys(specific)])]
    .filter((name) => !names.has(name))
    .map((name) => ({ name, issue: 'stands in an .env file but is not known' }));
  if (faults.length > 0) throw new ConfigurationError(faults);
  return { ...base, ...specific, ...own };
}

function readFile(path: string): Environment {
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {};
}
