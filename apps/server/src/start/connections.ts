// The connections that this node may open, counted before they are needed.
import {
  allowedConnections,
  connectionAdvice,
  sumOfNeeds,
  type ConnectionNeeds,
  type Database,
  type DatabasePlace,
  type Jobs,
  type Logger,
} from '@mono/platform';
import type { Instances } from '@mono/embedded';
import { PLATFORM, type Configuration } from '../configuration.js';
import { databaseOf, placeOf } from './open-databases.js';

export interface ConnectionParts {
  configuration: Configuration;
  databases: Readonly<Record<string, Database>>;
  shared: DatabasePlace;
  jobs: Jobs;
}

/** Once the modules have asked for their queues. */
export function connectionNeeds({ configuration, databases, shared, jobs }: ConnectionParts): ConnectionNeeds {
  const needs: Record<string, number> = {};
  const add = (module: string, connections: number): void => {
    const place = placeOf(databaseOf(configuration, module, shared).url);
    needs[place] = (needs[place] ?? 0) + connections;
  };
  for (const [module, { pool }] of Object.entries(databases)) add(module, pool.options.max);
  add(PLATFORM, jobs.connections);
  return needs;
}

/** A warning where all instances of this data directory together may open more than PostgreSQL allows. */
export async function warnOfConnections(parts: ConnectionParts, instances: Instances, logger: Logger): Promise<void> {
  const { configuration, databases, shared } = parts;
  const living = instances.living();
  const needs = sumOfNeeds(living.map(({ connections }) => connections ?? {}));
  for (const [place, needed] of needs) {
    const here = Object.entries(databases).find(
      ([module]) => placeOf(databaseOf(configuration, module, shared).url) === place,
    );
    if (!here) continue;
    try {
      const allowed = await allowedConnections(here[1].pool);
      if (needed <= allowed.allowed) continue;
      const facts = { place, instances: living.length, needed, allowed: allowed.allowed };
      logger.warn({ ...facts, remedy: connectionAdvice(needed, allowed) }, 'PostgreSQL allows too few connections');
    } catch (error) {
      logger.warn({ err: error, place }, 'The connections that PostgreSQL allows cannot be read');
    }
  }
}
