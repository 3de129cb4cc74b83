import { Test } from '@nestjs/testing';
import type { CallContext } from '@mono/contract';
import { migrate, openDatabase, type Database } from '@mono/platform';
import { nodeForTests } from '@mono/platform/testing';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { cornerBakeryFeature } from '../../feature.js';
import { CornerBakeryModule } from '../../module.js';
import { AccountsConsumer } from '../accounts/accounts.consumer.js';
import { RyeLoavesController } from './rye-loaves.controller.js';

const WORKSPACE = '0198b6c2-5f5e-7c3a-9d0e-000000000001';
const OTHER_WORKSPACE = '0198b6c2-5f5e-7c3a-9d0e-000000000002';
const KEY = '0198b6c2-5f5e-7c3a-9d0e-000000000003';

function callIn(workspaceId: string, more: Partial<CallContext> = {}): CallContext {
  return { principal: { kind: 'api_key', id: KEY, workspaceId, scopes: ['*'] }, requestId: 'test', ...more };
}

describe('rye loaves', () => {
  let place: TestDatabase;
  let database: Database;
  let ryeLoaves: RyeLoavesController;
  let accounts: AccountsConsumer;

  beforeAll(async () => {
    place = await createTestDatabase();
    const { migrations } = cornerBakeryFeature;
    const options = { url: place.url, poolSize: 4, statementTimeoutMs: 10_000, migrations };
    database = await openDatabase({ module: 'corner_bakery', ...options });
    await migrate(database, 'corner_bakery');
    const module = await Test.createTestingModule({
      imports: [nodeForTests({ databases: { 'corner-bakery': database } }), CornerBakeryModule],
    }).compile();
    ryeLoaves = module.get(RyeLoavesController);
    accounts = module.get(AccountsConsumer);
  });
  beforeEach(() =>
    database.query(
      'TRUNCATE corner_bakery.rye_loaf, corner_bakery.outbox, corner_bakery.inbox, corner_bakery.idempotency',
    ),
  );
  afterAll(async () => {
    await database?.dataSource.destroy();
    await place?.drop();
  });

  async function publishedEvents(): Promise<string[]> {
    const rows = await database.query<{ name: string }>(
      `SELECT payload ->> 'event' || ' ' || version AS name FROM corner_bakery.outbox ORDER BY version`,
    );
    return rows.map(({ name }) => name);
  }

  test('live from creation to deletion, each change with one event', async () => {
    const { id } = await ryeLoaves.createRyeLoaf({ title: 'First' }, callIn(WORKSPACE));
    expect(await ryeLoaves.updateRyeLoaf({ id, patch: { title: 'Second' } }, callIn(WORKSPACE))).toMatchObject({
      title: 'Second',
      version: 2,
    });
    expect(await ryeLoaves.updateRyeLoaf({ id, patch: { title: 'Second' } }, callIn(WORKSPACE))).toMatchObject({
      version: 2,
    });
    await ryeLoaves.deleteRyeLoaf({ id }, callIn(WORKSPACE));
    await expect(ryeLoaves.getRyeLoaf({ id }, callIn(WORKSPACE))).rejects.toMatchObject({ code: 'rye_loaf_not_found' });
    expect(await publishedEvents()).toEqual(['rye_loaf_created 1', 'rye_loaf_updated 2', 'rye_loaf_deleted 3']);
  });

  test('are found page by page', async () => {
    for (const title of ['One', 'Two', 'Three']) await ryeLoaves.createRyeLoaf({ title }, callIn(WORKSPACE));
    const first = await ryeLoaves.findRyeLoaves({ limit: 2, count: 'exact' }, callIn(WORKSPACE));
    expect(first).toMatchObject({ items: [{ title: 'One' }, { title: 'Two' }], page: { total: 3 } });
    const cursor = first.page.next_cursor ?? '';
    const second = await ryeLoaves.findRyeLoaves({ limit: 2, count: 'exact', cursor }, callIn(WORKSPACE));
    expect(second).toMatchObject({ items: [{ title: 'Three' }], page: { next_cursor: null } });
  });

  test('of another workspace do not exist', async () => {
    const { id } = await ryeLoaves.createRyeLoaf({ title: 'Ours' }, callIn(WORKSPACE));
    const stranger = callIn(OTHER_WORKSPACE);
    const missing = { code: 'rye_loaf_not_found' };
    await expect(ryeLoaves.getRyeLoaf({ id }, stranger)).rejects.toMatchObject(missing);
    await expect(ryeLoaves.updateRyeLoaf({ id, patch: { title: 'Theirs' } }, stranger)).rejects.toMatchObject(missing);
    await expect(ryeLoaves.deleteRyeLoaf({ id }, stranger)).rejects.toMatchObject(missing);
    expect((await ryeLoaves.findRyeLoaves({}, stranger)).items).toEqual([]);
    expect(await ryeLoaves.getRyeLoaf({ id }, callIn(WORKSPACE))).toMatchObject({ title: 'Ours', version: 1 });
  });

  test('are changed only at the expected version', async () => {
    const { id } = await ryeLoaves.createRyeLoaf({ title: 'First' }, callIn(WORKSPACE));
    const late = callIn(WORKSPACE, { expectedVersion: 7 });
    await expect(ryeLoaves.updateRyeLoaf({ id, patch: { title: 'Lost' } }, late)).rejects.toMatchObject({
      code: 'version_conflict',
    });
    await expect(ryeLoaves.deleteRyeLoaf({ id }, late)).rejects.toMatchObject({ code: 'version_conflict' });
  });

  test('are created once for one idempotency key', async () => {
    const call = callIn(WORKSPACE, { idempotencyKey: 'again' });
    const first = await ryeLoaves.createRyeLoaf({ title: 'Once' }, call);
    expect(await ryeLoaves.createRyeLoaf({ title: 'Once' }, call)).toEqual(first);
    expect((await ryeLoaves.findRyeLoaves({}, callIn(WORKSPACE))).items).toHaveLength(1);
  });

  test('are erased with their workspace', async () => {
    await ryeLoaves.createRyeLoaf({ title: 'Theirs' }, callIn(OTHER_WORKSPACE));
    await ryeLoaves.createRyeLoaf({ title: 'Ours' }, callIn(WORKSPACE));
    await accounts.erase({ id: KEY, event: 'account_deleted', workspace_ids: [OTHER_WORKSPACE] });
    expect((await ryeLoaves.findRyeLoaves({}, callIn(OTHER_WORKSPACE))).items).toEqual([]);
    expect((await ryeLoaves.findRyeLoaves({}, callIn(WORKSPACE))).items).toHaveLength(1);
  });
});
