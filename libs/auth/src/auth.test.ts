import { Database, type Executor, type Statement } from '@mono/platform';
import { localBus } from '@mono/platform/testing';
import { bootstrapWorkspace } from './bootstrap/bootstrap-workspace.js';
import { KeyVerifier, makeApiKey, RememberedKeys } from '../contract/index.js';
import { createAuthWorld, type AuthWorld } from '../testing/auth-world.js';
import { LastUsed } from './api-keys/last-used.js';
import { VerifyController } from './verify/verify.controller.js';

/** Counts the look-ups that reach the database. */
class Counting implements Executor {
  lookUps = 0;
  constructor(private readonly inner: Executor) {}
  query<Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]> {
    this.lookUps += 1;
    return this.inner.query<Row>(statement, values);
  }
  afterCommit(work: () => void): void {
    this.inner.afterCommit(work);
  }
}

describe('the first workspace and its key', () => {
  let world: AuthWorld;
  let database: Database;
  const key = makeApiKey('test');

  beforeAll(async () => {
    world = await createAuthWorld();
    database = world.database;
  });
  afterAll(() => world?.end());

  const verifier = (on: Executor = database): KeyVerifier =>
    new KeyVerifier(localBus(new VerifyController(on, new LastUsed(database))), new RememberedKeys());

  test('of several first starts at once exactly one makes the workspace', async () => {
    const keys = [key, ...Array.from({ length: 7 }, () => makeApiKey('test'))];
    const outcomes = await Promise.all(keys.map((candidate) => bootstrapWorkspace(database, candidate)));
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'other')).toHaveLength(7);
    await database.query('TRUNCATE auth.workspace CASCADE');
    expect(await bootstrapWorkspace(database, key)).toBe('created');
  });

  test('a node that died before it showed the key finds it again', async () => {
    expect(await bootstrapWorkspace(database, key)).toBe('present');
    expect(await bootstrapWorkspace(database, makeApiKey('test'))).toBe('other');
  });

  test('the key opens its workspace; only its hash is stored', async () => {
    const verify = verifier();
    const { principal } = await verify.verify(key);
    const [workspace] = await database.query<{ id: string }>('SELECT id FROM auth.workspace');
    expect(principal).toMatchObject({ kind: 'api_key', workspaceId: workspace?.id, scopes: ['*', 'operator'] });
    const rows = await database.query<{ row: string }>('SELECT k::text AS row FROM auth.api_key_secret k');
    expect(rows.map(({ row }) => row).join()).not.toContain(key.slice(-43));
  });

  test('a verified key is remembered, and a wrong secret is refused even then', async () => {
    const counting = new Counting(database);
    const verify = verifier(counting);
    await verify.verify(key);
    await verify.verify(key);
    expect(counting.lookUps).toBe(1);
    const forged = `${key.slice(0, -43)}${'x'.repeat(43)}`;
    await expect(verify.verify(forged)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test.each([
    ['an unknown key', makeApiKey('test')],
    ['a key of another environment', key.replace('mono_test_', 'mono_prod_')],
    ['no key at all', 'secret'],
  ])('%s is refused in the same words', async (_what, text) => {
    await expect(verifier().verify(text)).rejects.toMatchObject({
      code: 'unauthorized',
      message: 'A valid API key is required: Authorization: Bearer mono_…',
    });
  });
});
