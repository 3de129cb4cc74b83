// Conveniences of queries for tasks over both doors.
import type { List, Task, TaskPage } from '@mono/tasks/contract';
import type { ApiClient, ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient } from '../support/nats-client.ts';
import { memberOf, signUp } from '../support/people.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';

const titles = async (by: ApiClient, query: string): Promise<string[]> =>
  (await by.get<TaskPage>(`/v1/tasks?${query}`)).body.items.map(({ title }) => title);

describe.each(TOPOLOGIES)('queries for tasks, %s', (topology) => {
  let installation: SharedInstallation;
  let links: MailLinks;
  let api: ApiClient;
  let nats: NatsClient;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ api } = installation.server);
    links = await MailLinks.open(installation);
    nats = await NatsClient.connect(installation.nats.url, installation.key);
  });
  afterAll(() => Promise.all([nats?.close(), links?.close()]));

  test('several lists and statuses by comma, repetition and array', async () => {
    const lists: List[] = [];
    for (const title of ['One', 'Two', 'Three']) lists.push((await api.post<List>('/v1/lists', { title })).body);
    for (const { id, title } of lists) await api.post('/v1/tasks', { title, list_id: id, due_on: '2026-01-02' });
    const [one, two] = lists.map(({ id }) => id);
    for (const query of [`list_id=${one},${two}`, `list_id=${one}&list_id=${two}&status=todo,blocked&overdue=true`]) {
      const { status, body } = await api.get<TaskPage>(`/v1/tasks?${query}`);
      expect([status, body.items.map(({ title }) => title)]).toEqual([200, ['One', 'Two']]);
    }
    const over = await nats.call<TaskPage>('api.tasks.find_tasks', { list_id: [one, two], assignee: 'none' });
    expect(over.body.items.map(({ title }) => title)).toEqual(['One', 'Two']);
    const refused = await api.get<ErrorBody>(`/v1/tasks?list_id=${one},nowhere`);
    expect([refused.status, refused.body.error.details]).toEqual([
      422,
      [expect.objectContaining({ field: 'list_id', issue: 'must be a UUID, or at most 100 of them' })],
    ]);
  });

  test('a viewer finds their own tasks by assignee=me', async () => {
    const { api: owner } = await signUp(installation.server.url, links);
    const { body: whose } = await owner.get<{ items: { id: string }[] }>('/v1/workspaces');
    const viewer = await memberOf(installation.server.url, links, whose.items[0]?.id ?? '', 'viewer');
    await owner.post<Task>('/v1/tasks', { title: 'For the viewer', assignee_id: viewer.id });
    await owner.post<Task>('/v1/tasks', { title: 'For nobody' });
    expect(await titles(viewer.api, 'assignee=me')).toEqual(['For the viewer']);
    expect(await titles(owner, 'assignee=me')).toEqual([]);
    expect(await titles(owner, 'assignee=none&no_due=true&top_level=true')).toEqual(['For nobody']);
  });
});
