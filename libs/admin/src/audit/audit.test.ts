// The audit trail on a real PostgreSQL: what somebody changes there is found and named.
import { until } from '../../../../test/support/until.ts';
import { AUDIT_RECORD, AUDIT_SECRET, AuditWorld, type MemoryStore } from '../../testing/audit-world.js';
import { Bus } from '@mono/bus';
import { restController } from '@mono/edge';
import { startTestApplication, TEST_CREDENTIAL } from '@mono/edge/testing';
import type { Database } from '@mono/platform';
import { localBus, TEST_PRINCIPAL } from '@mono/platform/testing';
import { auditOperations } from '../../contract/index.js';
import { AuditController } from './audit.controller.js';
import { Audit } from './audit.js';

describe('the audit trail', () => {
  let world: AuditWorld;
  let database: Database;
  let store: MemoryStore;
  let audit: Audit;

  beforeAll(async () => {
    world = await AuditWorld.create({ poolSize: 10 });
    database = world.database;
  });
  beforeEach(async () => {
    await world.empty();
    store = world.store;
    audit = world.node();
  });
  afterAll(() => world?.end());

  async function fill(count: number): Promise<void> {
    for (let n = 1; n <= count; n += 1) await audit.trail.append({ ...AUDIT_RECORD, details: { n } });
    await audit.stop();
  }

  test('is whole when nobody has touched it, empty, short and long', async () => {
    expect(await audit.verify()).toEqual({
      ok: true,
      rows: 0,
      head_seq: 0,
      checkpoint: false,
      fault: null,
      restores: [],
    });
    await fill(1_205);
    expect(await audit.verify()).toEqual({
      ok: true,
      rows: 1_205,
      head_seq: 1_205,
      checkpoint: true,
      fault: null,
      restores: [],
    });
  });

  test('is one chain of several writers at once', async () => {
    const writers = [1, 2, 3].map(() => new Audit(database, { secrets: [AUDIT_SECRET], checkpoints: store }));
    await Promise.all(
      writers.map(async ({ trail }) => {
        for (let n = 0; n < 200; n += 1) await trail.append(AUDIT_RECORD);
      }),
    );
    for (const writer of writers) await writer.stop();
    expect(await audit.verify()).toMatchObject({ ok: true, rows: 600, checkpoint: true });
    expect(JSON.parse(store.texts.at(-1) ?? '{}')).toMatchObject({ seq: '600' });
  });

  test('commits with what it tells of, or not at all', async () => {
    await fill(1);
    const failed = database.transaction(async (on) => {
      await audit.trail.append(AUDIT_RECORD, on);
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    await database.transaction((on) => audit.trail.append(AUDIT_RECORD, on));
    expect(await audit.verify()).toMatchObject({ ok: true, rows: 2 });
  });

  test.each([
    ['a changed field', `UPDATE platform.audit SET actor_id = 'u2' WHERE seq = 5`, 5, 'changed'],
    ['a changed time', `UPDATE platform.audit SET at = at + interval '1 ms' WHERE seq = 5`, 5, 'changed'],
    ['changed details', `UPDATE platform.audit SET details = '{"n":50}' WHERE seq = 5`, 5, 'changed'],
    ['the newest one changed', `UPDATE platform.audit SET action = 'x' WHERE seq = 10`, 10, 'changed'],
    ['a removed row', `DELETE FROM platform.audit WHERE seq = 5`, 5, 'removed'],
    ['the first one removed', `DELETE FROM platform.audit WHERE seq = 1`, 1, 'removed'],
    ['the newest ones removed', `DELETE FROM platform.audit WHERE seq > 7`, 8, 'removed'],
    [
      'the newest ones removed, and the head moved back',
      `WITH gone AS (DELETE FROM platform.audit WHERE seq > 7)
       UPDATE platform.audit_head SET seq = 7, hash = (SELECT hash FROM platform.audit WHERE seq = 7)`,
      8,
      'removed',
    ],
    [
      'everything removed, and the head moved back',
      `WITH gone AS (DELETE FROM platform.audit) UPDATE platform.audit_head SET seq = 0, hash = ''`,
      1,
      'removed',
    ],
    [
      'two rows that changed places',
      `UPDATE platform.audit SET seq = CASE seq WHEN 5 THEN -6 ELSE -5 END WHERE seq IN (5, 6);
       UPDATE platform.audit SET seq = -seq WHERE seq < 0`,
      5,
      'reordered',
    ],
    [
      'a gap that was closed',
      `DELETE FROM platform.audit WHERE seq = 5; UPDATE platform.audit SET seq = -seq WHERE seq > 5;
       UPDATE platform.audit SET seq = -seq - 1 WHERE seq < 0; UPDATE platform.audit_head SET seq = 9`,
      5,
      'reordered',
    ],
    [
      'a row that was put at the end',
      `INSERT INTO platform.audit SELECT 11, id, at, action, actor_kind, actor_id, workspace_id, request_id, source, details, key_id, hash, hash
         FROM platform.audit WHERE seq = 10;
       UPDATE platform.audit_head SET seq = 11`,
      11,
      'changed',
    ],
    [
      'a beginning that was cut off with an anchor of somebody’s own',
      `INSERT INTO platform.audit_anchor (seq, hash, key_id, signature) SELECT seq, hash, key_id, '\\x00' FROM platform.audit WHERE seq = 4;
       DELETE FROM platform.audit WHERE seq <= 4`,
      4,
      'forged_anchor',
    ],
  ])('finds and names %s', async (_what, tampering, seq, what) => {
    await fill(10);
    for (const statement of tampering.split(';\n')) await database.query(statement);
    expect(await audit.verify()).toMatchObject({ ok: false, fault: { seq, what } });
  });

  test('finds a chain that somebody without the secret has written anew', async () => {
    await fill(10);
    const forger = new Audit(database, { secrets: ['another secret of tests'] });
    await database.query('TRUNCATE platform.audit');
    await database.query(`UPDATE platform.audit_head SET seq = 0, hash = ''`);
    for (let n = 0; n < 10; n += 1) await forger.trail.append(AUDIT_RECORD);
    expect(await audit.verify()).toMatchObject({ ok: false, fault: { seq: 1, what: 'changed' } });
  });

  test('finds a rewritten end by the checkpoint, even when its writer had the secret', async () => {
    await fill(10);
    await database.query('DELETE FROM platform.audit WHERE seq > 8');
    await database.query(
      'UPDATE platform.audit_head SET seq = 8, hash = (SELECT hash FROM platform.audit WHERE seq = 8)',
    );
    const insider = new Audit(database, { secrets: [AUDIT_SECRET] });
    for (let n = 0; n < 5; n += 1) await insider.trail.append(AUDIT_RECORD);
    expect(await audit.verify()).toMatchObject({ ok: false, fault: { seq: 10, what: 'checkpoint_mismatch' } });
  });

  test('goes on after a restart, a change of the secret, and a retention cut', async () => {
    await fill(5);
    const rotated = new Audit(database, { secrets: ['a newer secret of tests', AUDIT_SECRET], checkpoints: store });
    for (let n = 0; n < 5; n += 1) await rotated.trail.append(AUDIT_RECORD);
    await rotated.stop();
    expect(await rotated.verify()).toMatchObject({ ok: true, rows: 10 });
    await database.query(`UPDATE platform.audit SET at = at WHERE seq = 1`);
    const [seventh] = await database.query<{ at: string }>('SELECT at FROM platform.audit WHERE seq = 7');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await rotated.trail.append(AUDIT_RECORD);
    const removed = await rotated.cut(new Date(seventh?.at ?? 0));
    expect(removed).toBeGreaterThan(0);
    expect(removed).toBeLessThan(7);
    expect(await rotated.verify()).toMatchObject({ ok: true, rows: 11 - removed, head_seq: 11 });
    expect(await rotated.cut(new Date(Date.now() + 60_000))).toBe(11 - removed);
    expect(await rotated.verify()).toMatchObject({ ok: true, rows: 0, head_seq: 11 });
    await rotated.trail.append(AUDIT_RECORD);
    expect(await rotated.verify()).toMatchObject({ ok: true, rows: 1, head_seq: 12 });
    // The old secret alone does not do any more.
    expect(await audit.verify()).toMatchObject({ ok: false });
  });

  test('writes its newest checkpoint again when the place of checkpoints has lost it', async () => {
    await fill(3);
    await audit.stop();
    const kept = [...store.texts];
    expect(kept).toHaveLength(1);
    audit.noteAgain();
    await audit.stop();
    expect(store.texts).toEqual(kept);
    store.texts.splice(0);
    audit.noteAgain();
    await audit.stop();
    expect(store.texts).toEqual(kept);
  });

  test('is written while the place of checkpoints is away, and says so', async () => {
    store.away = true;
    await fill(2);
    expect(await audit.verify()).toMatchObject({ ok: true, rows: 2, checkpoint: false });
    store.away = false;
    await audit.trail.append(AUDIT_RECORD);
    await until('a checkpoint is there', () => store.texts.length > 0);
    expect(await audit.verify()).toMatchObject({ ok: true, rows: 3, checkpoint: true });
  });

  test('holds no secrets', async () => {
    const key = `mono_test_${'0'.repeat(12)}_${'a'.repeat(43)}`;
    const details = {
      password: 'hunter2',
      new_api_key: key,
      nested: [{ token: 'hunter2', text: `with ${key}` }],
      n: 1,
    };
    await audit.trail.append({ ...AUDIT_RECORD, details });
    const { items } = await audit.find({});
    expect(items[0]?.details).toEqual({
      password: '[redacted]',
      new_api_key: '[redacted]',
      nested: [{ token: '[redacted]', text: expect.stringContaining('[redacted]') as string }],
      n: 1,
    });
  });

  test('is read and verified by operators over HTTP', async () => {
    for (const id of ['u1', 'u2', 'u1']) await audit.trail.append({ ...AUDIT_RECORD, actor: { kind: 'user', id } });
    const application = await startTestApplication({
      controllers: [restController(auditOperations)],
      providers: [{ provide: Bus, useValue: localBus(new AuditController(audit)) }],
      principal: { ...TEST_PRINCIPAL, scopes: ['operator'] },
    });
    const get = async (path: string): Promise<unknown> => {
      const answer = await fetch(`${application.url}/v1/admin/audit${path}`, {
        headers: { authorization: TEST_CREDENTIAL },
      });
      return answer.json();
    };
    try {
      const page = (await get('?actor_id=u1&limit=1&count=exact')) as {
        items: { seq: number }[];
        page: { next_cursor: string; total: number };
      };
      expect([page.items.map(({ seq }) => seq), page.page.total]).toEqual([[1], 2]);
      const next = (await get(`?actor_id=u1&limit=1&cursor=${page.page.next_cursor}`)) as typeof page;
      expect(next.items.map(({ seq }) => seq)).toEqual([3]);
      expect(await get('/verify')).toMatchObject({ ok: true, rows: 3 });
    } finally {
      await application.close();
    }
  });
});
