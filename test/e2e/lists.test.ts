// How lists look and stand, and what is a favorite of whom, over both doors.
import type { List, ListPage } from '@mono/tasks/contract';
import type { ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient } from '../support/nats-client.ts';
import { memberOf, type Person } from '../support/people.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';

describe.each(TOPOLOGIES)('lists, %s', (topology) => {
  let installation: SharedInstallation;
  let links: MailLinks;
  let nats: NatsClient;
  let viewer: Person;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    links = await MailLinks.open(installation);
    nats = await NatsClient.connect(installation.nats.url, installation.key);
    viewer = await memberOf(installation.server.url, links, installation.workspaceId, 'viewer');
  });
  afterAll(() => Promise.all([nats?.close(), links?.close()]));

  test('looks are checked, kept in lower case, and refused by name', async () => {
    const { api } = installation.server;
    const { body } = await api.post<List>('/v1/lists', { title: 'Looks', color: '#2E7D32', icon: '🛒' });
    expect(body).toMatchObject({ color: '#2e7d32', icon: '🛒', default_view: 'list', archived_at: null });
    const faulty = await api.patch<ErrorBody>(`/v1/lists/${body.id}`, {
      color: 'red',
      icon: 'Cart',
      default_view: 'x',
    });
    expect([faulty.status, faulty.body.error.code]).toEqual([422, 'validation_error']);
    const changed = await nats.call<List>('api.tasks.update_list', { id: body.id, patch: { archived: true } });
    expect(changed.body).toMatchObject({ archived_at: expect.any(String), version: 2 });
    const refused = await api.post<ErrorBody>('/v1/tasks', { title: 'New', list_id: body.id });
    expect([refused.status, refused.body.error.code]).toEqual([409, 'list_archived']);
    const found = await api.get<ListPage>('/v1/lists?archived=true&title_contains=LOOK&order_by=position');
    expect(found.body.items.map(({ id }) => id)).toEqual([body.id]);
  });

  test('a viewer marks a favorite, and an API key does not', async () => {
    const { api } = installation.server;
    const { body } = await api.post<List>('/v1/lists', { title: 'Favorite' });
    const path = `/v1/lists/${body.id}`;
    const before = await viewer.api.get<List>(path);
    expect((await viewer.api.put(`${path}/favorite`, undefined)).status).toBe(204);
    const after = await viewer.api.get<List>(path, { 'If-None-Match': before.headers.get('etag') ?? '' });
    expect([after.status, after.body.favorite, after.body.version]).toEqual([200, true, 1]);
    expect((await api.get<List>(path)).body).not.toHaveProperty('favorite');
    expect((await api.put(`${path}/favorite`, undefined)).status).toBe(403);
    expect((await viewer.api.delete(`${path}/favorite`)).status).toBe(204);
    const again = await viewer.api.get<List>(path, { 'If-None-Match': before.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
  });
});
