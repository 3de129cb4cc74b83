// A database for a test file in the PostgreSQL of the test run.
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';

/** The number of checks before remaining connections are terminated. */
const LOOKS = 40;
const LOOK_EVERY_MS = 25;

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const base = process.env['TEST_DATABASE_URL'];
  if (!base)
    throw new Error('TEST_DATABASE_URL is not set: the test run starts PostgreSQL in test/support/global-setup.ts.');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(base, `CREATE DATABASE ${name}`);
  const url = new URL(base);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => dropDatabase(base, name) };
}

/** A pool may still be closing: terminating its connections would raise unhandled errors. */
async function dropDatabase(base: string, name: string): Promise<void> {
  for (let look = 0; look < LOOKS && (await isInUse(base, name)); look += 1) await setTimeout(LOOK_EVERY_MS);
  await onServer(base, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

async function isInUse(base: string, name: string): Promise<boolean> {
  const rows = await onServer(base, `SELECT 1 FROM pg_stat_activity WHERE datname = '${name}'`);
  return rows.length > 0;
}

async function onServer(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
