// `.env`, then `.env.<APP_ENV>`, then the process environment; the later wins.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

export const APP_ENVIRONMENTS = ['dev', 'test', 'qa', 'prod'] as const;
const FALLBACK = 'dev';

export type Environment = Record<string, string | undefined>;

export interface LayeredEnvironment {
  environment: Environment;
  /** The names in the files, without duplicates. */
  namesInFiles: string[];
}

/** Never throws: the parser reports an unknown APP_ENV with all other faults. It must not become a path here. */
export function layerEnvironment(directory: string, own: Readonly<Environment>): LayeredEnvironment {
  const base = readFile(join(directory, '.env'));
  // An empty variable counts as absent.
  const appEnvironment = (own['APP_ENV'] ?? base['APP_ENV'])?.trim() || FALLBACK;
  const known = APP_ENVIRONMENTS.some((name) => name === appEnvironment);
  const specific = known ? readFile(join(directory, `.env.${appEnvironment}`)) : {};
  return {
    environment: { ...base, ...specific, ...own },
    namesInFiles: [...new Set([...Object.keys(base), ...Object.keys(specific)])],
  };
}

function readFile(path: string): Environment {
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {};
}
