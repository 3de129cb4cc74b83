// An event that its consumer cannot do, through a whole server: it ends with the dead letters, holds nothing up, and has its
// effect once when somebody has it tried again.
import { Client } from 'pg';
import { createInstallation, TOPOLOGIES, type Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

interface Letter {
  id: string;
  status: string;
  consumer: string;
  subject: string;
  attempts: number;
  error: { code: string; message: string };
}
interface Page<Item> {
  items: Item[];
}

const LETTERS = '/v1/admin/dead-letters';

describe.each(TOPOLOGIES)('an event that cannot be done, %s', (topology) => {
  let installation: Installation;
  let server: ServerProcess;
  let database: Client;

  beforeAll(async () => {
    installation = await createInstallation(topology);
    // Not for an hour.
    server = await installation.startServer({ env: { EVENTS_RETRY_MINUTES: '0' } });
    database = new Client({ connectionString: installation.database.url });
    await database.connect();
  });
  afterAll(async () => {
    await database?.end();
    await installation?.end();
  });

  async function audited(keyId: string): Promise<string[]> {
    const { body } =
      await server.api.get<Page<{ action: string; details: { id?: string } }>>('/v1/admin/audit?limit=500');
    return body.items.filter(({ details }) => details.id === keyId).map(({ action }) => action);
  }

  test('ends with the dead letters, and is done when it is tried again', async () => {
    await database.query(
      `ALTER TABLE platform.audit ADD CONSTRAINT no_names CHECK (details NOT LIKE '%unspeakable%') NOT VALID`,
    );
    const input = { name: 'unspeakable', scopes: ['tasks:read'] };
    const bad = (await server.api.post<{ id: string }>('/v1/api-keys', input)).body.id;
    const good = (await server.api.post<{ id: string }>('/v1/api-keys', { ...input, name: 'fine' })).body.id;
    await until('what is behind it is done', async () => (await audited(good)).length === 1);
    expect(await audited(bad)).toEqual([]);
    const letter = await until(
      'it is a dead letter',
      async () => (await server.api.get<Page<Letter>>(`${LETTERS}?status=open`)).body.items[0],
    );
    expect(letter).toMatchObject({
      consumer: 'audit-auth',
      subject: 'events.auth.v1.api_key_created',
      attempts: 1,
      status: 'open',
    });
    expect(letter.error.message).toContain('no_names');
    await database.query('ALTER TABLE platform.audit DROP CONSTRAINT no_names');
    const retried = await Promise.all(
      [1, 2].map(() => server.api.post<Letter>(`${LETTERS}/${letter.id}/retry`, { note: 'mended' })),
    );
    expect(retried.map(({ status, body }) => [status, body.status])).toEqual([
      [200, 'retried'],
      [200, 'retried'],
    ]);
    await until('it is done', async () => (await audited(bad)).length > 0);
    expect(await audited(bad)).toEqual(['api_key.created']);
    expect((await server.api.get<Page<Letter>>(`${LETTERS}?status=open`)).body.items).toEqual([]);
  });
});
