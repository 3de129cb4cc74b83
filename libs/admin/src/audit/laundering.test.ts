// Writes of a node must not hide that somebody has tampered: neither the next row with its
// checkpoint, nor a retention cut, nor an older node's late checkpoint.
import { AUDIT_RECORD, AUDIT_SECRET, AuditWorld, type MemoryStore } from '../../testing/audit-world.js';
import type { Database } from '@mono/platform';
import { Audit } from './audit.js';

const WORKSPACE = '0198b6c2-5f5e-7c3a-9d0e-00000000000b';

async function fill(on: Audit, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await on.trail.append(AUDIT_RECORD);
  await on.stop();
}

describe('tampering with the audit trail', () => {
  let world: AuditWorld;
  let database: Database;
  let store: MemoryStore;
  let audit: Audit;

  beforeAll(async () => {
    world = await AuditWorld.create({ poolSize: 4 });
    database = world.database;
  });
  beforeEach(async () => {
    await world.empty();
    store = world.store;
    audit = node();
  });
  afterAll(() => world?.end());

  const node = (): Audit => world.node();

  async function dropNewest(keep: number): Promise<void> {
    await database.query('DELETE FROM platform.audit WHERE seq > $1', [keep]);
    await database.query(
      'UPDATE platform.audit_head SET seq = $1, hash = (SELECT hash FROM platform.audit WHERE seq = $1)',
      [keep],
    );
  }

  test('the newest rows removed are still found after a restarted node has appended', async () => {
    await fill(audit, 10);
    await dropNewest(7);
    await fill(node(), 1);
    expect(await audit.verify()).toMatchObject({ ok: false });
  });

  test('the newest rows removed are still found after the same node has appended past them', async () => {
    await fill(audit, 10);
    await dropNewest(7);
    await fill(audit, 4);
    expect(await audit.verify()).toMatchObject({ ok: false });
  });

  test('a retention cut does not sign away rows whose time somebody has changed', async () => {
    await fill(audit, 10);
    await database.query(`UPDATE platform.audit SET at = at - interval '10 years'`);
    await audit.cut(new Date(Date.now() - 86_400_000)).catch(() => 0);
    expect(await audit.verify()).toMatchObject({ ok: false });
  });

  test('a late checkpoint of a slower node does not hide what is newer', async () => {
    await fill(audit, 5);
    const [late = ''] = store.texts;
    await fill(node(), 5);
    await store.put(late);
    await dropNewest(7);
    expect(await audit.verify()).toMatchObject({ ok: false });
  });

  test('a checkpoint that nobody signed is told of, not taken for none', async () => {
    await fill(audit, 10);
    await store.put(JSON.stringify({ seq: '3', hash: 'ab', key_id: 'none', signature: 'ab' }));
    await dropNewest(7);
    expect(await audit.verify()).toMatchObject({ ok: false });
  });

  test('a checkpoint that is no JSON does not stop verification', async () => {
    await fill(audit, 2);
    await store.put('garbage');
    expect(await audit.verify()).toMatchObject({ rows: 2 });
  });

  test('a changed head is found before the next row', async () => {
    await fill(audit, 5);
    await database.query(`UPDATE platform.audit_head SET hash = '\\x00'`);
    expect(await audit.verify()).toMatchObject({ ok: false });
  });
});

describe('what is appended verifies as it was stored', () => {
  let world: AuditWorld;
  let database: Database;

  beforeEach(async () => {
    world = await AuditWorld.create({ poolSize: 4 });
    database = world.database;
  });
  afterEach(() => world?.end());

  test('with a workspace id in capitals', async () => {
    const audit = new Audit(database, { secrets: [AUDIT_SECRET] });
    await audit.trail.append({ ...AUDIT_RECORD, workspaceId: WORKSPACE.toUpperCase() });
    expect(await audit.verify()).toMatchObject({ ok: true });
  });

  test('with half a surrogate pair in the actor', async () => {
    const audit = new Audit(database, { secrets: [AUDIT_SECRET] });
    await audit.trail.append({ ...AUDIT_RECORD, actor: { kind: 'user', id: 'u\ud800' } });
    expect(await audit.verify()).toMatchObject({ ok: true });
  });

  test('with a date in the details', async () => {
    const audit = new Audit(database, { secrets: [AUDIT_SECRET] });
    await audit.trail.append({ ...AUDIT_RECORD, details: { since: new Date(0) } });
    const { items } = await audit.find({});
    expect(items[0]?.details).toEqual({ since: '1970-01-01T00:00:00.000Z' });
  });
});
