// Workspaces over REST and NATS: one's own is seen and changed, another is as if it were not there.
import { Client } from 'pg';
import { ApiClient, type ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { NatsClient } from '../support/nats-client.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

interface Workspace {
  id: string;
  name: string;
  timezone: string;
  is_default: boolean;
  version: number;
}
interface Page<Item> {
  items: Item[];
}

describe.each(TOPOLOGIES)('workspaces, %s', (topology) => {
  let installation: SharedInstallation;
  let api: ApiClient;
  let own: Workspace;
  let other: string;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    // No other test file uses the default workspace of the shared servers.
    api = new ApiClient(installation.server.url, installation.operatorKey);
    own = (await api.get<Page<Workspace>>('/v1/workspaces')).body.items[0] as Workspace;
    const database = new Client({ connectionString: installation.database.url });
    await database.connect();
    const { rows } = await database.query<{ id: string }>(
      `INSERT INTO auth.workspace (id, name) VALUES (gen_random_uuid(), 'Other') RETURNING id`,
    );
    other = rows[0]?.id ?? '';
    await database.end();
  });

  test('one’s own is the only one that is seen', async () => {
    expect(own).toMatchObject({ name: 'Default', timezone: 'UTC', is_default: true, version: 1 });
    const read = await api.get<Workspace>(`/v1/workspaces/${own.id}`);
    expect([read.body, read.headers.get('etag')]).toEqual([own, '"1"']);
    const page = await api.get<Page<Workspace> & { page: { total: number } }>('/v1/workspaces?count=exact');
    expect([page.body.items.length, page.body.page.total]).toEqual([1, 1]);
    expect((await api.get<Page<Workspace>>('/v1/workspaces?offset=1')).body.items).toEqual([]);
    for (const method of ['GET', 'PATCH']) {
      const body = method === 'GET' ? {} : { body: { name: 'Mine' } };
      const answer = await api.request<ErrorBody>(method, `/v1/workspaces/${other}`, body);
      expect([answer.status, answer.body.error.code]).toEqual([404, 'workspace_not_found']);
    }
  });

  test('name and zone change at the version that is known, and the trail tells', async () => {
    const path = `/v1/workspaces/${own.id}`;
    const change = { name: 'Kitchen', timezone: 'Europe/Berlin' };
    const changed = await api.patch<Workspace>(path, change, { 'if-match': '"1"' });
    expect(changed.body).toMatchObject({ ...change, version: 2 });
    expect((await api.patch(path, { name: 'Late' }, { 'if-match': '"1"' })).status).toBe(412);
    expect((await api.patch<Workspace>(path, change)).body.version).toBe(2);
    const fault = await api.patch<ErrorBody>(path, { timezone: 'Mars/Olympus', is_default: false });
    expect(fault.body.error.code).toBe('validation_error');
    await until('the trail tells', async () => {
      const { items } = (await api.get<Page<{ action: string }>>(`/v1/admin/audit?workspace_id=${own.id}`)).body;
      return items.some(({ action }) => action === 'workspace.updated');
    });
    const client = await NatsClient.connect(installation.nats.url, installation.operatorKey);
    try {
      const seen = await client.call<Workspace>('api.auth.get_workspace', { id: own.id });
      expect([seen.body, seen.header('ETag')]).toEqual([changed.body, '"2"']);
    } finally {
      await client.close();
    }
  });

  test('X-Workspace names the key’s own, or nothing', async () => {
    const statuses: number[] = [];
    for (const workspace of [own.id, own.id.toUpperCase(), other, 'nonsense']) {
      statuses.push((await api.get('/v1/lists', { 'x-workspace': workspace })).status);
    }
    expect(statuses).toEqual([200, 200, 404, 404]);
  });
});
