// npx mono events republish: publishes events from the outbox again, for losses that the relay has not detected.
import { republishEvents } from '@mono/bus/outbox';
import { schemaOf, type Database, type Environment } from '@mono/platform';
import { withDatabase } from './installation-database.js';

export interface RepublishOptions {
  since: string;
  module?: string;
}

const OWN_URL = /^DATABASE_URL_([A-Z0-9_]+)$/;

/** @throws Error for an invalid instant, or if no module has events. */
export async function republish(
  { since, module }: RepublishOptions,
  installation: { dataDirectory: string; environment: Environment },
  say: (line: string) => void,
): Promise<void> {
  const instant = new Date(since);
  if (!/^\d{4}-\d{2}-\d{2}/.test(since) || Number.isNaN(instant.getTime()))
    throw new Error(`Invalid --since "${since}": expected an RFC 3339 instant such as 2026-11-30T12:00:00Z.`);
  const modules = module === undefined ? await modulesWithEvents(installation) : [module];
  for (const name of modules) {
    await withDatabase({ ...installation, module: name }, async (database) => {
      if (!(await hasOutbox(database, schemaOf(name)))) throw new Error(`Module "${name}" has no outbox.`);
      const events = await republishEvents(database.pool, name, instant);
      say(`${name}: ${events} ${events === 1 ? 'event' : 'events'} published again.`);
    });
  }
}

/** Modules with an outbox, in the installation's database or in their own. */
async function modulesWithEvents(installation: { dataDirectory: string; environment: Environment }): Promise<string[]> {
  const apart = Object.keys(installation.environment).flatMap((name) => OWN_URL.exec(name)?.[1]?.toLowerCase() ?? []);
  const together = await withDatabase({ ...installation, module: 'platform' }, (database) =>
    database.query<{ schema: string }>(
      `SELECT table_schema AS schema FROM information_schema.tables WHERE table_name = 'outbox' ORDER BY 1`,
    ),
  );
  return [...new Set([...together.map(({ schema }) => schema), ...apart])].map((schema) => schema.replaceAll('_', '-'));
}

async function hasOutbox(database: Database, schema: string): Promise<boolean> {
  const [row] = await database.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [
    `"${schema}".outbox`,
  ]);
  return row?.found === true;
}
