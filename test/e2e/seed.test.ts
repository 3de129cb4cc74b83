// The demo workspace, as the command line fills it through a server that runs.
import { join, resolve } from 'node:path';
import type { EntryPage } from '@mono/time-tracking/contract';
import { ApiClient } from '../support/api-client.ts';
import { startChild } from '../support/child.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

const COMMAND_LINE = resolve(import.meta.dirname, '../../apps/cli/dist/main.js');

interface Page {
  items: { title: string; parent_id: string | null }[];
  page: { total: number };
}

describe('the demo workspace', () => {
  let installation: SharedInstallation;
  beforeAll(async () => {
    installation = await sharedInstallation();
  });

  async function run(...args: string[]): Promise<{ code: unknown; output: string }> {
    const child = startChild(process.execPath, [COMMAND_LINE, '--data-dir', join('/nowhere', 'data'), ...args], {
      env: { PATH: process.env['PATH'], DATABASE_URL: installation.database.url, APP_ENV: 'test' },
    });
    await until('the command ends', () => child.ended() !== undefined);
    return { code: child.ended(), output: child.output() };
  }

  test('is filled with tasks, templates and hours, which no other workspace sees', async () => {
    const { server } = installation;
    const { code, output } = await run('seed', '--url', server.url);
    expect([code, output]).toEqual([0, expect.stringContaining('Workspace Demo')]);
    const api = new ApiClient(server.url, /^mono_test_\S+/m.exec(output)?.[0]);
    const page = (await api.get<Page>('/v1/tasks?count=exact&limit=500')).body;
    expect(page.page.total).toBeGreaterThan(200);
    expect(page.items.filter(({ parent_id }) => parent_id !== null)).not.toEqual([]);
    expect((await api.get<Page>('/v1/templates')).body.items).toHaveLength(5);
    const { items: entries } = (await api.get<EntryPage>('/v1/time/entries?limit=500')).body;
    expect(entries.length).toBeGreaterThan(50);
    expect(new Set(entries.map(({ user_id: person }) => person)).size).toBe(4);
    const days = new Set(entries.map(({ started_at: start }) => start.slice(0, 10)));
    expect(days.size).toBe(15);
    expect((await server.api.get<Page>('/v1/time/entries?count=exact')).body.page.total).toBe(0);
    const lists = (await api.get<Page>('/v1/lists')).body.items.map(({ title }) => title);
    expect(lists).toHaveLength(8);
    expect((await server.api.get<Page>('/v1/tasks?count=exact')).body.page.total).toBe(0);
    const [, email, password] = /^(ada\S+) \(owner\), password: (\S+)$/m.exec(output) ?? [];
    const session = await new ApiClient(server.url).post<{ access_token: string }>('/v1/auth/sign-in', {
      email,
      password,
    });
    const ada = new ApiClient(server.url, session.body.access_token);
    const { id } = (await ada.get<{ id: string }>('/v1/me')).body;
    expect((await ada.get<Page>(`/v1/tasks?assignee_id=${id}&count=exact`)).body.page.total).toBeGreaterThan(20);
    expect((await ada.get<Page>('/v1/members')).body.items).toHaveLength(5);
    const listed = await run('workspace', 'list');
    expect(listed.output).toMatch(/Europe\/Berlin {2}Demo/);
  });

  test('needs an instance, and says so before it makes anything', async () => {
    // Other test files make workspaces meanwhile, with other names.
    const demos = async (): Promise<string[]> =>
      (await run('workspace', 'list')).output.split('\n').filter((line) => line.endsWith(' Demo'));
    const before = await demos();
    const { code, output } = await run('seed');
    expect([code, output]).toEqual([1, expect.stringContaining('No instance runs here')]);
    expect(await demos()).toEqual(before);
  });
});
