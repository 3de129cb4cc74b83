// Workflows over both doors: who may change them, and how refusals show.
import type { List, PossibleTransitions, ReplacedWorkflow, Task, Workflow } from '@mono/tasks/contract';
import type { ApiClient, ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient } from '../support/nats-client.ts';
import { memberOf, signUp } from '../support/people.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';

describe.each(TOPOLOGIES)('workflows, %s', (topology) => {
  let installation: SharedInstallation;
  let links: MailLinks;
  let api: ApiClient;
  let nats: NatsClient;
  let list: List;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ api } = installation.server);
    links = await MailLinks.open(installation);
    nats = await NatsClient.connect(installation.nats.url, installation.key);
    list = (await api.post<List>('/v1/lists', { title: 'Board' })).body;
  });
  afterAll(() => Promise.all([nats?.close(), links?.close()]));

  const path = (): string => `/v1/lists/${list.id}/workflow`;
  const make = async (): Promise<Task> => (await api.post<Task>('/v1/tasks', { title: 'Task', list_id: list.id })).body;

  test('is replaced under If-Match, and binds both doors at once', async () => {
    const workflow = { transitions: { todo: ['in_progress'] }, wip_limits: { in_progress: 1 } };
    const before = await api.get<Workflow>(path());
    expect([before.status, before.headers.get('etag')]).toEqual([200, '"1"']);
    const changed = await api.put<ReplacedWorkflow>(path(), workflow, { 'If-Match': '"1"' });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    expect(changed.body).toEqual({ ...workflow, guards: {}, roles: {}, version: 2, unfit_tasks: [] });
    expect((await api.put<ErrorBody>(path(), {}, { 'If-Match': '"1"' })).status).toBe(412);

    const [one, two] = [await make(), await make()];
    const refused = await api.patch<ErrorBody>(`/v1/tasks/${one.id}`, { status: 'done' });
    expect([refused.status, refused.body.error]).toEqual([
      409,
      expect.objectContaining({
        code: 'invalid_transition',
        message: 'The workflow of the list does not allow a move from todo to done. Allowed: in_progress.',
        details: { list_id: list.id, from: 'todo', to: 'done', allowed: ['in_progress'] },
      }),
    ]);
    expect((await api.patch(`/v1/tasks/${one.id}`, { status: 'in_progress' })).status).toBe(200);
    const over = await nats.call<{ code: string }>('api.tasks.update_task', {
      id: two.id,
      patch: { status: 'in_progress' },
    });
    expect([over.status, over.body.code]).toEqual([409, 'wip_limit_exceeded']);
    const { body } = await nats.call<PossibleTransitions>('api.tasks.get_transitions', { id: two.id });
    expect(body.items.find(({ to }) => to === 'in_progress')).toMatchObject({
      allowed: false,
      refusals: [{ code: 'wip_limit_exceeded' }],
    });
  });

  test.each([
    [{ transitions: { started: ['done'] } }, 'unknown_field', 'transitions.started'],
    [{ transitions: { todo: ['started'] } }, 'validation_error', 'transitions.todo'],
    [{ transitions: { todo: ['todo'] } }, 'validation_error', 'transitions.todo'],
    [{ wip_limits: { todo: 3 } }, 'unknown_field', 'wip_limits.todo'],
    [{ wip_limits: { in_progress: 0 } }, 'validation_error', 'wip_limits.in_progress'],
    [{ guards: { done: ['paid'] } }, 'validation_error', 'guards.done'],
    [{ roles: { done: 'member' } }, 'validation_error', 'roles.done'],
    [{ guards: ['done'] }, 'validation_error', 'guards'],
  ])('%j is refused by name', async (workflow, code, field) => {
    const { status, body } = await api.put<ErrorBody>(path(), workflow);
    expect([status, body.error.code]).toEqual([422, code]);
    expect(body.error.details).toEqual([expect.objectContaining({ field })]);
  });

  test('members obey it, admins change it', async () => {
    const { api: owner } = await signUp(installation.server.url, links);
    const { body: whose } = await owner.get<{ items: { id: string }[] }>('/v1/workspaces');
    const workspaceId = whose.items[0]?.id ?? '';
    const own = (await owner.post<List>('/v1/lists', { title: 'Team' })).body;
    const [member, admin] = [
      await memberOf(installation.server.url, links, workspaceId, 'member'),
      await memberOf(installation.server.url, links, workspaceId, 'admin'),
    ];
    const workflow = { roles: { done: 'admin' } };
    expect((await member.api.put(`/v1/lists/${own.id}/workflow`, workflow)).status).toBe(403);
    expect((await admin.api.put(`/v1/lists/${own.id}/workflow`, workflow)).status).toBe(200);
    expect((await member.api.get<Workflow>(`/v1/lists/${own.id}/workflow`)).body).toMatchObject(workflow);
    const task = (await owner.post<Task>('/v1/tasks', { title: 'Task', list_id: own.id })).body;
    const refused = await member.api.patch<ErrorBody>(`/v1/tasks/${task.id}`, { status: 'done' });
    expect([refused.status, refused.body.error.code]).toEqual([409, 'transition_guarded']);
    expect((await admin.api.patch(`/v1/tasks/${task.id}`, { status: 'done' })).status).toBe(200);
  });
});
