import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { Database } from './database.js';

describe('Database', () => {
  let place: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    place = await createTestDatabase();
    database = await Database.open({ url: place.url });
    await database.query('CREATE TABLE note (text text)');
  });
  afterAll(async () => {
    await database.dataSource.destroy();
    await place.drop();
  });

  test('a transaction that throws leaves nothing and never runs its afterCommit work', async () => {
    let committed = false;
    const failed = database.transaction(async (transaction) => {
      await transaction.query('INSERT INTO note VALUES ($1)', ['lost']);
      transaction.afterCommit(() => {
        committed = true;
      });
      throw new Error('on purpose');
    });
    await expect(failed).rejects.toThrow('on purpose');
    expect(await database.query('SELECT text FROM note')).toEqual([]);
    expect(committed).toBe(false);
  });

  test('a connection lost in a transaction fails that transaction only, not the process', async () => {
    const lost = database.transaction(async (transaction) => {
      await transaction.query('INSERT INTO note VALUES ($1)', ['lost']);
      const [row] = await transaction.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await database.query('SELECT pg_terminate_backend($1, 5000)', [row?.pid]);
      await transaction.query('SELECT 1');
    });
    await expect(lost).rejects.toMatchObject({ code: 'unavailable' });
    expect(await database.query('SELECT text FROM note')).toEqual([]);
  });

  test('afterCommit work runs once the change can be seen', async () => {
    let seen: Promise<object[]> | undefined;
    await database.transaction(async (transaction) => {
      await transaction.query('INSERT INTO note VALUES ($1)', ['kept']);
      transaction.afterCommit(() => {
        seen = database.query('SELECT text FROM note');
      });
    });
    expect(await seen).toEqual([{ text: 'kept' }]);
  });

  test('a full disk is named to the caller, and remembered until a write succeeds', async () => {
    expect(await database.isDiskFull()).toBe(false);
    const full = database.query(`DO $$ BEGIN RAISE EXCEPTION 'could not extend' USING ERRCODE = 'disk_full'; END $$`);
    await expect(full).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The disk of the database is full: an operator must free space there.',
    });
    expect(await database.isDiskFull()).toBe(false);
  });
});
