// The change feed by a filter: pages, streams, and pushes over NATS.
import type { Change, ChangePage } from '@mono/changes/contract';
import type { ApiClient, ErrorBody } from '../support/api-client.ts';
import { EventStreamClient } from '../support/event-stream-client.ts';
import { FollowClient } from '../support/follow-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient } from '../support/nats-client.ts';
import { memberOf } from '../support/people.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

interface Made {
  id: string;
}

describe.each(TOPOLOGIES)('changes by a filter, %s', (topology) => {
  let installation: SharedInstallation;
  let api: ApiClient;
  let links: MailLinks;
  let nats: NatsClient;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ api } = installation.server);
    links = await MailLinks.open(installation);
    nats = await NatsClient.connect(installation.nats.url, installation.key);
  });
  afterAll(() => Promise.all([nats?.close(), links?.close()]));

  async function task(body: object): Promise<string> {
    return (await api.post<Made>('/v1/tasks', body)).body.id;
  }

  /** All changes since the token, once those of the given tasks are there. */
  async function since(token: string, query: string, tasks: readonly string[]): Promise<Change[]> {
    return until('the changes are in the feed', async () => {
      const { body } = await api.get<ChangePage>(`/v1/changes?${query}&since=${token}&limit=1000`);
      const seen = new Set(body.items.map(({ thing_id: id }) => id));
      return tasks.every((id) => seen.has(id)) && body.items;
    });
  }

  test('a task that matches is shown, one that does not is deleted, and other things are not there', async () => {
    const query = `filter=${encodeURIComponent('tag:shop & open')}`;
    const start = await api.get<ChangePage>(`/v1/changes?${query}`);
    expect(start.status).toBe(200);
    const stays = await task({ title: 'Milk', tags: ['shop'] });
    const leaves = await task({ title: 'Bread', tags: ['shop'] });
    await api.patch(`/v1/tasks/${leaves}`, { status: 'done' });
    const never = await task({ title: 'Sleep' });
    await api.post('/v1/lists', { title: 'Shopping' });
    const last = await task({ title: 'Salt', tags: ['shop'] });
    const all = [stays, leaves, never, last];
    const items = await since(start.body.next_token, query, all);
    const seen = items.map(({ thing_id: id, change }) => `${id} ${change}`);
    expect(new Set(seen)).toEqual(
      new Set([`${stays} created`, `${leaves} deleted`, `${never} deleted`, `${last} created`]),
    );
    expect(items.find(({ thing_id: id }) => id === never)?.fields).toEqual([]);
    const whole = await since(start.body.next_token, `${query}&include=resource&collapse=true`, all);
    const resources = whole.map((change) => ('resource' in change ? (change.resource as Made).id : null));
    expect(new Set(resources)).toEqual(new Set([stays, last, null]));
    const other = await api.get<ErrorBody>(`/v1/changes?since=${start.body.next_token}`);
    expect([other.status, other.body.error.details]).toMatchObject([422, [{ field: 'since' }]]);
  });

  test('a filter that cannot be used is refused, and a deleted one ends its stream', async () => {
    const bad = await api.get<ErrorBody>(`/v1/changes?filter=${encodeURIComponent('due < soon')}`);
    expect([bad.status, bad.body.error.details]).toMatchObject([422, [{ field: 'filter' }]]);
    const ada = await memberOf(installation.server.url, links, installation.workspaceId, 'member');
    const saved = await ada.api.post<Made>('/v1/filters', { name: 'Mine', filter: 'assignee:me' });
    const path = `/v1/changes?filter_id=${saved.body.id}`;
    expect((await ada.api.get(path)).status).toBe(200);
    expect((await api.get<ErrorBody>(path)).body.error.code).toBe('filter_not_found');
    const refused = await nats.call('api.changes.follow', { filter: 'open &', follow_id: saved.body.id, lease: 1 });
    expect(refused.status).toBe(422);
    const url = `${installation.server.url}/v1/changes/stream?filter_id=${saved.body.id}`;
    const stream = await EventStreamClient.open(url, { key: ada.tokens.access_token });
    try {
      await until('the stream is ready', () => stream.named('ready').length === 1);
      const mine = await task({ title: 'For Ada', assignee_id: ada.id });
      const changes = (): Change[] => stream.named('change').map(({ data }) => data as Change);
      await until('the task has come', () => changes().some(({ thing_id: id }) => id === mine));
      expect(changes().find(({ thing_id: id }) => id === mine)).toMatchObject({ change: 'created', version: 1 });
      await ada.api.patch(`/v1/tasks/${mine}`, { assignee_id: null });
      await until('it has left', () => changes().some((one) => one.thing_id === mine && one.change === 'deleted'));
      await ada.api.delete(`/v1/filters/${saved.body.id}`);
      await until('the stream has ended', async () => {
        await task({ title: 'Another' });
        return stream.isEnded;
      });
      expect(stream.events.at(-1)?.data).toMatchObject({ code: 'filter_not_found' });
    } finally {
      stream.close();
    }
  });

  test('changes are pushed over NATS by a filter', async () => {
    const received: Change[] = [];
    const stop = new AbortController();
    const client = new FollowClient({
      connection: nats.connection,
      key: installation.key,
      filter: { filter: 'tag:pushed' },
      onChange: (change) => void received.push(change),
    });
    const following = client.follow(stop.signal);
    try {
      await until('the lease is granted', () => client.granted > 0);
      const other = await task({ title: 'Not pushed' });
      const pushed = await task({ title: 'Pushed', tags: ['pushed'] });
      // Changes of the tests before may come as well.
      const seen = (): string[] =>
        received
          .filter(({ thing_id: id }) => id === other || id === pushed)
          .map(({ thing_id: id, change }) => `${id} ${change}`);
      await until('both have come', () => seen().length === 2);
      expect(new Set(seen())).toEqual(new Set([`${other} deleted`, `${pushed} created`]));
    } finally {
      stop.abort();
      await following;
    }
  });
});
