// A workspace in Berlin with a user in New York: whose day is meant, over both doors.
import type { Workspace } from '@mono/auth/contract';
import type { Preview, Template } from '@mono/recurrence/contract';
import type { Task, TaskPage } from '@mono/tasks/contract';
import type { TimeReport } from '@mono/time-tracking/contract';
import { ApiClient } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { memberOf, signUp } from '../support/people.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';

const make = async (api: ApiClient, more = {}): Promise<Task> =>
  (await api.post<Task>('/v1/tasks', { title: 'Task', due_on: '2026-12-05', ...more })).body;
const count = async (api: ApiClient, query: string): Promise<number> =>
  (await api.get<TaskPage>(`/v1/tasks?${query}`)).body.items.length;

describe.each(TOPOLOGIES)('zones, %s', (topology) => {
  let installation: SharedInstallation;
  let links: MailLinks;
  let owner: ApiClient;
  let inNewYork: ApiClient;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    links = await MailLinks.open(installation);
    const { url } = installation.server;
    owner = (await signUp(url, links)).api;
    const { body } = await owner.get<{ items: Workspace[] }>('/v1/workspaces');
    const workspaceId = body.items[0]?.id ?? '';
    await owner.patch(`/v1/workspaces/${workspaceId}`, { timezone: 'Europe/Berlin' });
    await owner.patch('/v1/me', { timezone: 'Europe/Berlin' });
    inNewYork = (await memberOf(url, links, workspaceId, 'member')).api;
    await inNewYork.patch('/v1/me', { timezone: 'America/New_York' });
  });
  afterAll(() => links?.close());

  test('days are those of the user, and of a list that has a zone', async () => {
    const { body: list } = await owner.post<{ id: string }>('/v1/lists', { title: 'Office', timezone: 'Asia/Tokyo' });
    const made = [await make(owner), await make(inNewYork), await make(inNewYork, { list_id: list.id })];
    expect(made.map(({ timezone }) => timezone)).toEqual(['Europe/Berlin', 'America/New_York', 'Asia/Tokyo']);
    // 2026-12-05 ends at 15:00, 23:00 and 05:00 of the next day in UTC.
    expect(await count(owner, 'due_before=2026-12-06')).toBe(2);
    expect(await count(inNewYork, 'due_before=2026-12-06')).toBe(3);
    expect(await count(owner, 'due_before=2026-12-06&timezone=America/New_York')).toBe(3);
    expect(await count(owner, `filter=${encodeURIComponent('due < 2026-12-06')}`)).toBe(2);
  });

  test('an API key has the days of its workspace', async () => {
    const { body: key } = await owner.post<{ key: string }>('/v1/api-keys', {
      name: 'Robot',
      scopes: ['tasks:read', 'tasks:write'],
    });
    const robot = new ApiClient(installation.server.url, key.key);
    const { status, body } = await robot.post<Task>('/v1/tasks', { title: 'By a robot', due_on: '2027-03-28' });
    expect([status, body.timezone]).toEqual([201, 'Europe/Berlin']);
  });

  test('a rule that names no zone gets that of the user, or of its list', async () => {
    const { body: list } = await owner.post<{ id: string }>('/v1/lists', { title: 'Osaka', timezone: 'Asia/Tokyo' });
    const rule = { dtstart: '2027-03-28T09:00:00', pattern: 'daily' };
    const zoneAndStart = async (api: ApiClient, more = {}): Promise<(string | null | undefined)[]> => {
      const made = await api.post<Template>('/v1/templates', { title: 'Water', rule, ...more });
      const seen = await api.post<Preview>('/v1/recurrence/preview', { rule, limit: 1, ...more });
      expect(seen.body.items[0]?.at).toBe(made.body.next_at?.replace('.000', ''));
      return [made.body.rule.timezone, made.body.next_at];
    };
    expect([
      await zoneAndStart(owner),
      await zoneAndStart(inNewYork),
      await zoneAndStart(inNewYork, { list_id: list.id }),
    ]).toEqual([
      ['Europe/Berlin', '2027-03-28T07:00:00.000Z'],
      ['America/New_York', '2027-03-28T13:00:00.000Z'],
      ['Asia/Tokyo', '2027-03-28T00:00:00.000Z'],
    ]);
  });

  test('reports and quick add are in the zone of the caller', async () => {
    const range = 'from=2026-11-01&to=2026-11-02';
    const report = await inNewYork.get<TimeReport>(`/v1/time/report?${range}`);
    // The clocks of New York go back on this day.
    expect(report.body).toMatchObject({
      tz: 'America/New_York',
      from: '2026-11-01T04:00:00.000Z',
      to: '2026-11-02T05:00:00.000Z',
    });
    expect((await owner.get<TimeReport>(`/v1/time/report?${range}`)).body.tz).toBe('Europe/Berlin');
    const quick = { text: 'Call Ada 2026-12-05 9am', dry_run: true };
    const { body } = await inNewYork.post<{ items: { due_at: string }[] }>('/v1/tasks/quick', quick);
    expect(body.items[0]?.due_at).toBe('2026-12-05T14:00:00Z');
  });
});
