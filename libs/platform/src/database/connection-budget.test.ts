import { Client } from 'pg';
import { createModuleRole, type ModuleRole } from '../../../../test/support/module-role.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { allowedConnectionsAt, connectionAdvice, sumOfNeeds } from './connection-budget.js';

let place: TestDatabase;
let role: ModuleRole;

beforeAll(async () => {
  place = await createTestDatabase();
  role = await createModuleRole(place.url, 'notes');
});
afterAll(async () => {
  await place?.drop();
  await role?.drop();
});

test('subtracts connections that are reserved for superusers', async () => {
  const client = new Client({ connectionString: place.url });
  await client.connect();
  const { rows } = await client.query<{ most: number; reserved: number }>(
    `SELECT current_setting('max_connections')::int AS most, current_setting('superuser_reserved_connections')::int AS reserved`,
  );
  await client.end();
  const [{ most, reserved } = { most: 0, reserved: 0 }] = rows;
  expect(await allowedConnectionsAt(place.url)).toEqual({ maxConnections: most, allowed: most });
  expect(await allowedConnectionsAt(role.url)).toEqual({ maxConnections: most, allowed: most - reserved });
});

test('adds up the needs of instances by server, and returns a remedy', () => {
  const needs = sumOfNeeds([{ 'db:5432': 100 }, { 'db:5432': 100, 'other:5432': 16 }]);
  expect([...needs]).toEqual([
    ['db:5432', 200],
    ['other:5432', 16],
  ]);
  expect(connectionAdvice(200, { maxConnections: 100, allowed: 97 })).toBe(
    'Set max_connections of PostgreSQL to 203 or more, or lower DATABASE_POOL_SIZE.',
  );
});
