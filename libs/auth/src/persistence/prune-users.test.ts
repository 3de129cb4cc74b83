import { randomBytes, randomUUID } from 'node:crypto';
import { Database } from '@mono/platform';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { authFeature } from '../../feature.js';
import { pruneUsers } from './prune-users.js';
import { claimReturn, insertFlow } from './sign-in-flows.js';

describe('pruning', () => {
  let place: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    place = await createTestDatabase();
    const { url } = place;
    const migrations = [...authFeature.migrations];
    database = await Database.open({ url, migrations, migrationsTableName: 'migration' });
    await database.query('CREATE SCHEMA auth');
    await database.dataSource.runMigrations();
  });
  afterAll(async () => {
    await database.dataSource.destroy();
    await place.drop();
  });

  async function begin(lifetimeSeconds: number): Promise<Buffer> {
    const stateHash = randomBytes(32);
    const secrets = { flowHash: randomBytes(32), stateHash, nonce: 'nonce', verifier: randomBytes(32) };
    const flow = { id: randomUUID(), provider: 'oidc', returnUrl: undefined, lifetimeSeconds };
    await insertFlow(database, { ...flow, ...secrets });
    return stateHash;
  }

  test('takes sign-ins away from which nobody can come back, and no others', async () => {
    const [over, alive] = [await begin(-1), await begin(60)];
    expect(await claimReturn(database, 'oidc', over)).toBeUndefined();
    await pruneUsers(database);
    expect(await database.query('SELECT state_hash FROM auth.sign_in_flow')).toEqual([{ state_hash: alive }]);
    expect(await claimReturn(database, 'oidc', alive)).toMatchObject({ nonce: 'nonce' });
    expect(await claimReturn(database, 'oidc', alive)).toBeUndefined();
  });
});
