// Sends every example request of the OpenAPI document to a real server, and compares every response with its documentation.
import { operationsOf, resolveReference, type OpenApiDocument, type Operation } from '../property/openapi-document.ts';
import { AnswerJudge, textOf } from '../property/answers.ts';
import { storeDeadLetters } from '../support/dead-letters.ts';
import { MailLinks } from '../support/mail-links.ts';
import { fieldsFor, newAddress, signIn, signUp, type Person } from '../support/people.ts';
import { seedIdentity } from '../support/seeded-sign-ins.ts';
import {
  createWorkspace,
  sharedInstallation,
  type SharedInstallation,
  type SharedServer,
} from '../support/shared-installation.ts';

interface Documented {
  $ref?: string;
  example?: unknown;
  allOf?: Documented[];
  schema?: Documented;
  properties?: Record<string, Documented>;
  required?: string[];
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/** The start of the requested occurrence, always in the future. */
const SOON = `${new Date(Date.now() + 5 * DAY_MS).toISOString().slice(0, 10)}T09:00:00`;
const YESTERDAY = new Date(Date.now() - DAY_MS).toISOString();
function isOfUsers({ forUsers, path }: Operation): boolean {
  return !path.startsWith('/v1/time/') && (forUsers || /^\/v1\/(?:auth|members)/.test(path));
}

/** Operations whose users are made together. */
const AT_ONCE = 8;
const RULE = { dtstart: SOON, timezone: 'UTC', pattern: 'daily' };

/** Fields that the example cannot contain: the list, future days, and valid combinations. */
function fieldsOfTemplate({ path, method }: Operation, listId: string): object {
  if (path === '/v1/templates/{id}') return { list_id: listId, rule: RULE };
  if (path.endsWith('/diff')) return { title: 'Another' };
  if (path.includes('/exceptions')) return { original_start: SOON, kind: 'edit', fields: { title: 'Another' } };
  return method === 'PATCH' && path.includes('/occurrences/') ? { list_id: listId } : {};
}

/** Replaces the example, which has unknown ids and mutually exclusive fields. */
function bodyOfTime({ path, method }: Operation, ids: Readonly<Record<string, string>>): object {
  if (path.endsWith('/lock')) return { locked_until: new Date(Date.now() - 365 * DAY_MS).toISOString() };
  if (path.endsWith('/entries')) return { user_id: ids['members'], started_at: YESTERDAY, duration: 'PT1H' };
  return method === 'PATCH' && path.endsWith('/{id}') ? { task_id: ids['tasks'], note: 'Another' } : {};
}

/** Codes of requests whose example holds a password, a token or a code. */
const SECRETS = new Set([
  'email_not_verified',
  'link_invalid',
  'invalid_credentials',
  'wrong_password',
  'unauthorized',
  'sign_in_invalid',
]);

describe('the documentation', () => {
  let installation: SharedInstallation;
  let server: SharedServer;
  let document: OpenApiDocument;
  let judge: AnswerJudge;
  let links: MailLinks;
  let operations: Operation[];
  /** One member of the key's workspace for all operations on time entries, because each user costs hashes. */
  let keeper: Person;

  beforeAll(async () => {
    installation = await sharedInstallation();
    ({ server } = installation);
    links = await MailLinks.open(installation);
    document = (await server.api.get<OpenApiDocument>('/openapi.json')).body;
    judge = new AnswerJudge(document);
    operations = operationsOf(document, '/v1/');
    keeper = await signUp(server.url, links);
    const workspaces = await server.api.get<{ items: { id: string }[] }>('/v1/workspaces');
    await links.addMember(workspaces.body.items[0]?.id ?? '', keeper.id, 'member');
  });
  afterAll(() => links?.close());

  function exampleOf(item: Documented): unknown {
    const { example, schema, properties } = resolveReference(document, item);
    if (example !== undefined) return example;
    if (schema) return exampleOf(schema);
    if (!properties) return undefined;
    const fields = Object.entries(properties).map(([name, field]) => [name, exampleOf(field)] as const);
    return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  }

  /** The body of the example; with `needed`, only its required fields. */
  function exampleBody(body: Documented, needed: boolean): unknown {
    const example = exampleOf(body);
    if (!needed) return example;
    const { required = [] } = resolveReference(document, body);
    return Object.fromEntries(Object.entries(example as object).filter(([name]) => required.includes(name)));
  }

  function exampleUrl({ path, parameters }: Operation, ids: Readonly<Record<string, string>>): string {
    const url = new URL(path, 'http://document');
    for (const parameter of parameters as (Documented & Operation['parameters'][number])[]) {
      const example = exampleOf(parameter);
      if (parameter.in === 'path') {
        const value = ids[parameter.name] ?? ids[path.split('/')[2] ?? ''] ?? String(example);
        url.pathname = decodeURIComponent(url.pathname).replace(`{${parameter.name}}`, encodeURIComponent(value));
      } else if (parameter.in === 'query' && example !== undefined && example !== null) {
        const text = Array.isArray(example) ? example.join(',') : JSON.stringify(example).replaceAll('"', '');
        url.searchParams.set(parameter.name, ids[parameter.name] ?? text);
      }
    }
    return `${url.pathname}${url.search}`;
  }

  async function send(
    operation: Operation,
    url: string,
    body: unknown,
    credential = installation.key,
  ): Promise<{ status: number; code: string; text: string; fault: unknown }> {
    const headers = { authorization: `Bearer ${credential}` };
    const response = await fetch(new URL(url, server.url), {
      method: operation.method,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const contentType = response.headers.get('content-type') ?? '';
    const { status } = response;
    const text = await textOf(response);
    const fault = judge.fault({ operation } as never, { status, contentType, text });
    const code = status < 400 ? '' : (JSON.parse(text) as { error: { code: string } }).error.code;
    return { status, code, text, fault: fault && `${operation.method} ${url}: ${fault}` };
  }

  /** A new user for every operation on users. At once, because each waits for hashes and for answers of even time. */
  async function peopleFor(some: readonly Operation[]): Promise<(Person | undefined)[]> {
    return Promise.all(some.map(async (one) => (isOfUsers(one) ? signUp(server.url, links) : undefined)));
  }

  /** A template in the state that the operation needs, with an exception if necessary. */
  async function templateFor({ path, method }: Operation): Promise<string> {
    const template = await server.api.post<{ id: string }>('/v1/templates', { title: 'Of the document', rule: RULE });
    const { id } = template.body;
    if (path.endsWith('/resume')) await server.api.post(`/v1/templates/${id}/pause`, {});
    if (method === 'DELETE' && path.includes('/exceptions/'))
      await server.api.post(`/v1/templates/${id}/exceptions`, { original_start: SOON, kind: 'skip' });
    return id;
  }

  async function made(path: string, body: object): Promise<string> {
    return (await server.api.post<{ id: string }>(path, body)).body.id;
  }

  /** The id of a thing that the operation of an operator changes. */
  async function administered({ path }: Operation): Promise<string> {
    if (path.startsWith('/v1/admin/users/')) return (await signUp(server.url, links)).id;
    if (path.startsWith('/v1/admin/invites/')) return made('/v1/invites', { email: newAddress() });
    if (path.startsWith('/v1/admin/workspaces/')) return (await createWorkspace(installation.database.url)).workspaceId;
    if (!path.startsWith('/v1/admin/')) return '';
    const [letter = ''] = await storeDeadLetters(installation.database.url, 1);
    return letter;
  }

  async function feedFor(listId: string): Promise<string> {
    return (await server.api.post<{ id: string }>('/v1/feeds', { list_id: listId })).body.id;
  }

  /** A task in the trash. */
  async function trashed(): Promise<string> {
    const { body } = await server.api.post<{ id: string }>('/v1/tasks', { title: 'Of the document' });
    await server.api.delete(`/v1/tasks/${body.id}`);
    return body.id;
  }

  /** A task with a relation to another. */
  async function relationFor(task: string): Promise<{ task_id: string; relation_id: string }> {
    const other = await server.api.post<{ id: string }>('/v1/tasks', { title: 'Of the document' });
    const body = { kind: 'relates_to', task_id: other.body.id };
    const relation = await server.api.post<{ id: string }>(`/v1/tasks/${task}/relations`, body);
    return { task_id: other.body.id, relation_id: relation.body.id };
  }

  async function savedFilter(): Promise<string> {
    return (await server.api.post<{ id: string }>('/v1/filters', { name: 'Of the document', filter: 'open' })).body.id;
  }

  /** A webhook with a delivery. */
  async function webhookFor(): Promise<{ webhooks: string; delivery_id: string }> {
    const body = { url: 'https://webhooks.invalid/hook', event_types: ['webhooks.*'] };
    const webhook = await server.api.post<{ id: string }>('/v1/webhooks', body);
    const delivery = await server.api.post<{ id: string }>(`/v1/webhooks/${webhook.body.id}/test`, {});
    return { webhooks: webhook.body.id, delivery_id: delivery.body.id };
  }

  /** A timer in the state that the operation needs, and an entry. */
  async function timeFor({ path }: Operation): Promise<Record<string, string>> {
    const { api, id } = keeper;
    if (path.endsWith('/start')) await api.post('/v1/time/timer/stop', {});
    if (path.endsWith('/stop')) await api.post('/v1/time/timer/start', {});
    const entry = { user_id: id, started_at: YESTERDAY, duration: 'PT30M' };
    const { body } = await server.api.post<{ id: string }>('/v1/time/entries', entry);
    return { members: id, time: body.id };
  }

  async function idsOf({ api, email, id }: Person, workspaceId: string, path: string): Promise<Record<string, string>> {
    await signIn(server.url, email);
    const sessions = await api.get<{ items: { id: string; current: boolean }[] }>('/v1/me/sessions');
    await links.addMember(workspaceId, id, 'member');
    if (path.startsWith('/v1/me/tokens/')) {
      const token = await api.post<{ id: string }>('/v1/me/tokens', { name: 'Laptop', scopes: ['*'] });
      return { me: token.body.id };
    }
    return { me: sessions.body.items.find(({ current }) => !current)?.id ?? '', members: id };
  }

  /** A user where a key would have to name one, and for operations that a key may not call. */
  function credentialFor({ forUsers, path }: Operation): string {
    const endsTheSession = path.startsWith('/v1/auth/') || path === '/v1/me';
    return (forUsers && !endsTheSession) || path.startsWith('/v1/time/')
      ? keeper.tokens.access_token
      : installation.key;
  }

  test('every example request succeeds, except for ids and secrets that do not exist', async () => {
    expect(operations.length).toBeGreaterThan(15);
    const faults: unknown[] = [];
    for (const operation of operations) {
      const body = operation.example;
      if (operation.body && body === undefined) faults.push(`${operation.path}: no example`);
      const answer = await send(operation, exampleUrl(operation, {}), body, credentialFor(operation));
      if (answer.fault) faults.push(answer.fault);
      const isMissing = answer.status === 404 || SECRETS.has(answer.code) || answer.code === 'forbidden';
      if (answer.status >= 400 && !isMissing) faults.push([operation.method, operation.path, body, answer.text]);
    }
    expect(faults).toEqual([]);
  });

  test('every description says more than the summary', () => {
    const poor = operations.filter(({ summary, description = summary }) => description === summary);
    expect(poor.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  test('the first lines say how to get a key', () => {
    const { description } = (document as unknown as { info: { description: string } }).info;
    expect(description.slice(0, 500)).toContain('Authorization: Bearer');
    expect(description).toContain('npx mono apikey create');
  });

  test('every operation succeeds as documented for existing resources', async () => {
    const outcomes: Record<string, number> = {};
    const faults: unknown[] = [];
    let people: (Person | undefined)[] = [];
    for (const [index, operation] of operations.entries()) {
      if (index % AT_ONCE === 0) people = await peopleFor(operations.slice(index, index + AT_ONCE));
      const isOf = (path: string): boolean => operation.path.startsWith(path);
      const list = await server.api.post<{ id: string }>('/v1/lists', { title: 'Of the document' });
      const task = await server.api.post<{ id: string }>('/v1/tasks', { title: 'Of the document', tags: ['errand'] });
      const workspaces = await server.api.get<{ items: { id: string }[] }>('/v1/workspaces');
      const ids = {
        lists: list.body.id,
        tasks: task.body.id,
        task_id: task.body.id,
        tags: 'errand',
        admin: await administered(operation),
        'api-keys': isOf('/v1/api-keys/') ? await made('/v1/api-keys', { name: 'Known', scopes: ['tasks:read'] }) : '',
        workspaces: workspaces.body.items[0]?.id ?? '',
        invites: isOf('/v1/invites/') ? await made('/v1/invites', { email: newAddress() }) : '',
        templates: operation.path.startsWith('/v1/templates/') ? await templateFor(operation) : '',
        original_start: SOON,
        feeds: operation.path.startsWith('/v1/feeds/') ? await feedFor(list.body.id) : '',
      };
      const isOfRelations = operation.path.startsWith('/v1/tasks/{id}/relations');
      if (isOfRelations) Object.assign(ids, await relationFor(task.body.id));
      if (operation.path.startsWith('/v1/filters/{id}')) Object.assign(ids, { filters: await savedFilter() });
      if (operation.path.startsWith('/v1/webhooks')) Object.assign(ids, await webhookFor());
      if (operation.path.startsWith('/v1/trash/')) Object.assign(ids, { trash: await trashed() });
      const isOfTime = operation.path.startsWith('/v1/time/');
      const person = isOfTime ? keeper : people[index % AT_ONCE];
      if (isOfTime) Object.assign(ids, await timeFor(operation));
      else if (person) Object.assign(ids, await idsOf(person, workspaces.body.items[0]?.id ?? '', operation.path));
      if (person && operation.path === '/v1/me/identities/{id}') {
        Object.assign(ids, { me: await seedIdentity(links.database, person.id) });
      }
      if (person && operation.path === '/v1/lists/{id}/favorite') {
        const own = await person.api.post<{ id: string }>('/v1/lists', { title: 'Of the document' });
        Object.assign(ids, { lists: own.body.id });
      }
      let body = operation.body && exampleBody(operation.body, operation.method === 'POST');
      const about = { url: server.url, links, inviter: server.api, person };
      if (operation.body) Object.assign(body as object, await fieldsFor(operation.path, about));
      // The list of the example does not exist, and only one of two places is possible.
      if (operation.path === '/v1/filters/{id}' && body)
        Object.assign(body, { filter: 'open', before: undefined, after: undefined });
      // The example may be the name of another tag.
      if (operation.path === '/v1/tags/{name}' && body) Object.assign(body, { name: 'of the document' });
      if (isOfRelations && body) Object.assign(body, { task_id: ids.task_id });
      else if (operation.path.startsWith('/v1/tasks/{id}') && body) Object.assign(body, { list_id: list.body.id });
      if (/^\/v1\/(?:feeds|webhooks(?:\/\{id\})?|trash\/\{id\}\/restore)$/.test(operation.path) && body)
        Object.assign(body, { list_id: list.body.id });
      if (operation.path.startsWith('/v1/templates/{id}') && body)
        Object.assign(body, fieldsOfTemplate(operation, list.body.id));
      if (isOfTime && body && operation.path !== '/v1/time/settings') body = bodyOfTime(operation, ids);
      // No field is required, but one of two is.
      if (/dead-letters\/(?:retry|discard)$/.test(operation.path)) Object.assign(body as object, { ids: [ids.admin] });
      const { status, fault } = await send(
        operation,
        exampleUrl(operation, ids),
        body,
        operation.forUsers ? person?.tokens.access_token : installation.key,
      );
      if (fault) faults.push(fault);
      outcomes[`${operation.method} ${operation.path}`] = status;
    }
    expect(faults).toEqual([]);
    expect(Object.entries(outcomes).filter(([, status]) => status >= 300)).toEqual([]);
  });

  test('is served as a page', async () => {
    const response = await fetch(`${server.url}/docs`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toContain('swagger-ui');
  });

  test('is not served if it is disabled', async () => {
    const silent = await installation.startNode({ DOCS_ENABLED: 'false', MODULES: 'tasks' });
    try {
      for (const path of ['/docs', '/openapi.json']) expect((await silent.api.get(path)).status).toBe(404);
    } finally {
      await silent.stop();
    }
  });
});
