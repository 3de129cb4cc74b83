// Retention cuts beside writers, and restores of the database that an operator accepts.
import { AUDIT_RECORD, AUDIT_SECRET, AuditWorld, type MemoryStore } from '../../testing/audit-world.js';
import type { Database, Executor, Statement, TransactionalExecutor } from '@mono/platform';
import { Audit } from './audit.js';

const acceptance = { reason: 'The disk failed.', actor: { kind: 'cli', id: 'root' }, source: 'cli' };
const TOMORROW = (): Date => new Date(Date.now() + 86_400_000);

/** Sees each statement before it runs outside of a transaction. */
class Watched implements TransactionalExecutor {
  constructor(
    private readonly database: Database,
    private readonly before: (text: string) => Promise<void>,
  ) {}

  async query<Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]> {
    await this.before(typeof statement === 'string' ? statement : statement.text);
    return this.database.query<Row>(statement, values);
  }

  afterCommit(work: () => void): void {
    this.database.afterCommit(work);
  }

  transaction<T>(work: (transaction: Executor) => Promise<T>): Promise<T> {
    return this.database.transaction(work);
  }
}

describe('the audit trail', () => {
  let world: AuditWorld;
  let database: Database;
  let store: MemoryStore;
  let audit: Audit;

  beforeAll(async () => {
    world = await AuditWorld.create({ poolSize: 6, statementTimeoutMs: 30_000 });
    database = world.database;
  });
  beforeEach(async () => {
    await world.empty();
    store = world.store;
    audit = node();
  });
  afterAll(() => world?.end());

  const node = (on?: TransactionalExecutor): Audit => world.node(on);

  async function fill(count: number, by = node()): Promise<void> {
    for (let n = 0; n < count; n += 1) await by.trail.append(AUDIT_RECORD);
    await by.stop();
  }

  /** The database as it was when it had this many rows. */
  async function restoreTo(rows: number): Promise<void> {
    await database.query('DELETE FROM platform.audit WHERE seq > $1', [rows]);
    await database.query(
      'UPDATE platform.audit_head SET seq = $1, hash = (SELECT hash FROM platform.audit WHERE seq = $1)',
      [rows],
    );
  }

  async function rows(): Promise<number> {
    return (await database.query('SELECT FROM platform.audit')).length;
  }

  test('is written while old rows are verified and removed', async () => {
    await fill(30);
    const seen: string[] = [];
    const slow = new Watched(database, async (text) => {
      seen.push(text.slice(0, 6));
      // Waits for a lock that a cut would hold: then it never ends.
      await fill(1);
    });
    expect(await node(slow).cut(TOMORROW())).toBeGreaterThanOrEqual(30);
    expect(seen).toContain('DELETE');
    expect(await audit.verify()).toMatchObject({ ok: true });
    expect(await rows()).toBeGreaterThan(0);
  });

  test('is cut once where two nodes do so at the same moment', async () => {
    await fill(25);
    const removed = await Promise.all([node().cut(TOMORROW()), node().cut(TOMORROW()), node().cut(TOMORROW())]);
    expect(removed.reduce((sum, count) => sum + count, 0)).toBe(25);
    expect(await audit.verify()).toMatchObject({ ok: true, rows: 0, head_seq: 25 });
  });

  test('is whole after a cut that was interrupted, and the next one removes the rest', async () => {
    await fill(12);
    let broken = false;
    const breaking = new Watched(database, (text) => {
      // The first removal looks for leftovers.
      if (!text.startsWith('DELETE') || !broken) {
        broken ||= text.startsWith('DELETE');
        return Promise.resolve();
      }
      return Promise.reject(new Error('The connection is lost.'));
    });
    await expect(node(breaking).cut(TOMORROW())).rejects.toThrow('lost');
    expect(await rows()).toBe(12);
    expect(await audit.verify()).toMatchObject({ ok: true, rows: 0, head_seq: 12 });
    await fill(1);
    await node().cut(TOMORROW());
    expect(await rows()).toBe(0);
    expect(await audit.verify()).toMatchObject({ ok: true });
  });

  test('goes on after an older database was restored and an operator has accepted that', async () => {
    await fill(5);
    await fill(5);
    await restoreTo(7);
    expect(await audit.verify()).toMatchObject({ ok: false, fault: { seq: 8, what: 'removed' }, restores: [] });
    expect(await audit.accept(acceptance)).toMatchObject({ seq: '8', missing_from: '8', missing_to: '10' });
    await audit.stop();
    const restore = {
      seq: 8,
      reason: 'The disk failed.',
      accepted_by: 'cli:root',
      missing_from: 8,
      missing_to: 10,
      checkpoint: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    };
    expect(await audit.verify()).toMatchObject({ ok: true, rows: 8, checkpoint: true, restores: [restore] });
    expect((await audit.find({ action: 'audit.restore_accepted' })).items).toHaveLength(1);
    // Checkpoints are taken again, and what is removed now is found.
    expect(store.last).toMatchObject({ seq: '8' });
    await fill(6);
    expect(store.last).toMatchObject({ seq: '14' });
    expect(await audit.verify()).toMatchObject({ ok: true, rows: 14 });
    expect(await audit.accept(acceptance)).toBeUndefined();
    expect(await audit.cut(TOMORROW())).toBe(14);
    expect(await audit.verify()).toMatchObject({ ok: true, rows: 0, restores: [restore] });
    await fill(4);
    await restoreTo(16);
    expect(await audit.verify()).toMatchObject({ ok: false, fault: { seq: 17, what: 'removed' } });
  });

  test('names what is missing where nodes have gone on in the restored database', async () => {
    await fill(5);
    await fill(5);
    await restoreTo(7);
    await fill(6);
    expect(await audit.verify()).toMatchObject({ ok: false, fault: { seq: 10, what: 'checkpoint_mismatch' } });
    expect(await audit.accept(acceptance)).toMatchObject({ seq: '14', missing_from: '6', missing_to: '10' });
    await audit.stop();
    expect(await audit.verify()).toMatchObject({ ok: true, rows: 14, restores: [{ missing_to: 10 }] });
    expect(store.last).toMatchObject({ seq: '14' });
  });

  test('is not made whole by who can write into the database alone', async () => {
    await fill(5);
    await fill(5);
    await restoreTo(7);
    expect(await audit.accept(acceptance)).toBeDefined();
    await audit.stop();
    await fill(5);
    await restoreTo(10);
    // The signature of one restore is copied, or changed to cover the next one.
    const checkpoints = JSON.stringify([store.last]);
    await database.query(
      `INSERT INTO platform.audit_restore SELECT seq + 1, at, reason, accepted_by, missing_from, missing_to, $1, key_id, signature
       FROM platform.audit_restore`,
      [checkpoints],
    );
    expect(await audit.verify()).toMatchObject({ ok: false, fault: { seq: 11, what: 'removed' } });
    const { length } = store.texts;
    await fill(8);
    expect(store.texts).toHaveLength(length);
    expect(await audit.verify()).toMatchObject({ ok: false });
  });

  test('is not accepted where it is not whole by itself, and not without its checkpoints', async () => {
    await fill(10);
    await database.query(`UPDATE platform.audit SET actor_id = 'u2' WHERE seq = 5`);
    await restoreTo(7);
    await expect(audit.accept(acceptance)).rejects.toThrow(/not whole by itself \(changed at 5\)/);
    await expect(new Audit(database, { secrets: [AUDIT_SECRET] }).accept(acceptance)).rejects.toThrow(/checkpoints/);
    expect(await rows()).toBe(7);
  });
});
