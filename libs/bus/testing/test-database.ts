// A database for one test file, on the server that `TEST_DATABASE_URL` names.
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

const CHECKS = 40;
const CHECK_EVERY_MS = 25;

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env['TEST_DATABASE_URL'];
  if (!server) throw new Error('TEST_DATABASE_URL is not set: the URL of a PostgreSQL for tests.');
  const name = `test_bus_${randomBytes(6).toString('hex')}`;
  await run(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async drop() {
      // A pool that has ended may still be closing its connections; a connection cut off then would have no error listener.
      for (let check = 0; check < CHECKS && (await isInUse(server, name)); check += 1) await delay(CHECK_EVERY_MS);
      await run(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

async function isInUse(server: string, name: string): Promise<boolean> {
  return (await run(server, `SELECT 1 FROM pg_stat_activity WHERE datname = '${name}'`)).length > 0;
}

async function run(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
