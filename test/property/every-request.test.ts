// For any request, the status is documented and no 5xx, and the body matches its schema. PROPERTY_SEED repeats a run,
// PROPERTY_SECONDS lengthens it.
import * as fc from 'fast-check';
import { storeDeadLetters } from '../support/dead-letters.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import {
  ENDING,
  KINDS_BY_PATH,
  makeLinkToken,
  memberOf,
  newAddress,
  PASSWORD,
  signIn,
  signUp,
} from '../support/people.ts';
import { PROVIDER, PROVIDER_SETTINGS, seedIdentity, seedProven, SIGN_IN_CODE } from '../support/seeded-sign-ins.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { AnswerJudge, textOf } from './answers.ts';
import { requestArbitrary, type ApiRequest, type KnownThings } from './arguments.ts';
import { operationsOf, type OpenApiDocument, type Operation } from './openapi-document.ts';

const SECONDS = Number(process.env['PROPERTY_SECONDS'] ?? 12);
/** Rounds for operations that have not succeeded yet. */
const MORE_ROUNDS = 15;
/** Longer than new things take to make on a busy machine. */
const MORE_SECONDS = 20;
const SHORTEST_MS = 3_000;
/** Runs per such round. */
const MORE_RUNS = 25;
/** The share of new things per round. */
const MORE_THINGS = 0.2;
const SEED = Number(process.env['PROPERTY_SEED'] ?? Date.now() % 2 ** 31);
/** Far in the future, so that no occurrence is past or generated. */
const STARTS = Array.from({ length: 20 }, (_, day) => `2900-01-${String(day + 1).padStart(2, '0')}T09:00:00`);
const RULES = [
  { dtstart: STARTS[0], timezone: 'UTC', pattern: 'daily' },
  { dtstart: STARTS[0], timezone: 'Europe/Berlin', pattern: 'weekdays', count: 100 },
  { dtstart: STARTS[0], pattern: 'weekly', days_of_week: ['MO', 'FR'], until: '2999-01-01' },
  { dtstart: STARTS[0], timezone: 'UTC', pattern: 'monthly', day_of_month: 'last', month_end: 'clamp' },
  { dtstart: STARTS[0], timezone: 'UTC', rrule: 'FREQ=DAILY;INTERVAL=2', exdate: [STARTS[2]] },
];
const CALENDARS = ['FREQ=WEEKLY', 'FREQ=DAILY;COUNT=3', 'FREQ=SECONDLY'].map((rrule) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'BEGIN:VTODO',
    'UID:one',
    'DTSTART:29000101T090000Z',
    `RRULE:${rrule}`,
    'SUMMARY:Imported',
    'END:VTODO',
    'END:VCALENDAR',
    '',
  ].join('\r\n'),
);
/** Starts of entries that do not overlap. */
const BEGINNINGS = Array.from({ length: 700 }, (_, hour) => new Date(Date.UTC(2026, 0, 5, hour)).toISOString());
/** After some of them by less than the maximum duration of an entry. */
const ENDINGS = ['2026-02-01T00:00:00Z', '2026-02-04T00:00:00+01:00'];
/** A period with entries for reports. */
const COVERAGE = {
  from: ['2026-01-01', '2026-01-05T09:30:00Z', '2025-12-31'],
  to: ['2026-02-01', '2026-03-01T00:00:00+02:00', '2030-01-01'],
  tz: ['Europe/Berlin', 'Pacific/Apia', 'UTC'],
};
const ofPath = (path: string, values: Readonly<Record<string, readonly unknown[]>>): KnownThings['values'] =>
  Object.fromEntries(Object.entries(values).map(([name, right]) => [`${path} ${name}`, right]));
/** Each run sends a few concurrent requests, so that they also conflict. */
const AT_ONCE = 8;
const LONGEST_FAULT = 1500;
const UNREACHABLE = 'https://webhooks.invalid/hook';

/** Makes `count` things, a few at once. */
async function many<Made>(count: number, make: (index: number) => Promise<Made>): Promise<Made[]> {
  const made: Made[] = [];
  while (made.length < count) {
    const length = Math.min(AT_ONCE, Math.ceil(count) - made.length);
    const first = made.length;
    made.push(...(await Promise.all(Array.from({ length }, (_, index) => make(first + index)))));
  }
  return made;
}

describe('the API under generated requests', () => {
  let installation: Installation;
  let server: ServerProcess;
  let document: OpenApiDocument;
  let links: MailLinks;
  let adasToken: string;
  /** The token of a user who unlinks identities, which ends all other sessions. */
  let gracesToken: string;
  const doomedTokens: string[] = [];

  beforeAll(async () => {
    installation = await createInstallation();
    server = await installation.startServer({ env: { ...PROVIDER_SETTINGS, WEBHOOKS_MAX_PER_WORKSPACE: '1000' } });
    links = await MailLinks.open(installation);
    document = (await server.api.get<OpenApiDocument>('/openapi.json')).body;
  });
  afterAll(async () => {
    await links?.close();
    await installation?.end();
  });

  /** @param share the share of things that can be used up. */
  async function makeThings(share = 1): Promise<KnownThings> {
    const ids: string[] = [];
    const listIds: string[] = [];
    const doomedIds: string[] = [];
    for (const title of ['Groceries', 'Garden', 'Unique', 'Doomed']) {
      const list = await server.api.post<{ id: string }>('/v1/lists', {
        title,
        title_policy: title === 'Unique' ? 'unique' : 'any',
      });
      const into = title === 'Doomed' ? doomedIds : ids;
      into.push(list.body.id);
      if (into === ids) listIds.push(list.body.id);
      for (const tag of ['errand', 'weekly']) {
        const task = await server.api.post<{ id: string }>('/v1/tasks', {
          title: `${title} ${tag}`,
          list_id: list.body.id,
          tags: [tag],
        });
        into.push(task.body.id);
      }
    }
    // Many, since each can be deleted only once.
    for (const path of ['/v1/tasks', '/v1/lists'])
      doomedIds.push(...(await many(50 * share, () => make(path, { title: 'Doomed' }))));
    const trashedIds = await many(60 * share, async () => {
      const id = await make('/v1/tasks', { title: 'Trashed' });
      await server.api.delete(`/v1/tasks/${id}`);
      return id;
    });
    const letterIds = await storeDeadLetters(installation.database.url, Math.ceil(30 * share));
    const keyIds = await many(100 * share, () => make('/v1/api-keys', { name: 'Known', scopes: ['tasks:read'] }));
    const { items } = (await server.api.get<{ items: { id: string }[] }>('/v1/workspaces')).body;
    const workspaceIds = items.map(({ id }) => id);
    const people = await makePeople(workspaceIds[0] ?? '', share);
    const webhooks = await makeWebhooks(share);
    const relations = await makeRelations(share);
    return {
      ids,
      listIds,
      doomedIds,
      trashedIds,
      relatedIds: relations.relatedIds,
      letterIds,
      keyIds,
      workspaceIds,
      templateIds: await makeTemplates(listIds, share),
      feedIds: await makeFeeds(listIds, share),
      entryIds: await makeEntries(people.memberIds, share),
      ...people,
      webhookIds: webhooks.webhookIds,
      filterIds: await makeFilters(share),
      operatedIds: await makeOperated(share),
      values: {
        ...people.values,
        ...webhooks.values,
        ...relations.values,
        filter: ['open', 'due < +7d & tag:errand'],
        // Finds nothing: the tasks are for other requests.
        '/v1/tasks/bulk filter': ['tag:nowhere', 'open & title:"No such task"'],
      },
      names: ['errand', 'weekly', 'Groceries errand'],
    };
  }

  /** @returns the id of what is created. */
  async function make(path: string, input: object): Promise<string> {
    return (await server.api.post<{ id: string }>(path, input)).body.id;
  }

  const makeTask = (): Promise<string> => make('/v1/tasks', { title: 'Related' });

  /** A task with relations, and tasks without. */
  async function makeRelations(share: number): Promise<Pick<KnownThings, 'relatedIds' | 'values'>> {
    const related = await makeTask();
    const relations = await many(20 * share, async () =>
      make(`/v1/tasks/${related}/relations`, { kind: 'relates_to', task_id: await makeTask() }),
    );
    const others = await many(20 * share, makeTask);
    return {
      relatedIds: [related],
      values: { relation_id: relations, ...ofPath('/v1/tasks/{id}/relations', { task_id: others }) },
    };
  }

  function makeFeeds(listIds: readonly string[], share: number): Promise<string[]> {
    return many(40 * share, (index) => make('/v1/feeds', { list_id: listIds[index % listIds.length] }));
  }

  /** Without passwords, so that they cost little. */
  async function makeOperated(share: number): Promise<KnownThings['operatedIds']> {
    const insert = async (statement: string): Promise<string[]> => {
      const { rows } = await links.database.query<{ id: string }>(statement, [Math.ceil(30 * share)]);
      return rows.map(({ id }) => id);
    };
    const users = (): Promise<string[]> =>
      insert(`INSERT INTO auth."user" (id, email, email_key, name)
        SELECT id, id || '@example.com', id || '@example.com', 'Operated'
        FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, $1)) made RETURNING id`);
    return {
      users: await users(),
      doomed: await users(),
      workspaces: await insert(`INSERT INTO auth.workspace (id, name)
        SELECT gen_random_uuid(), 'Operated' FROM generate_series(1, $1) RETURNING id`),
    };
  }

  async function makeFilters(share: number): Promise<KnownThings['filterIds']> {
    const made = await many(3 + 40 * share, () => make('/v1/filters', { name: 'Known', filter: 'open' }));
    return { changed: made.slice(0, 3), doomed: made.slice(3) };
  }

  /** One of them has deliveries. */
  async function makeWebhooks(share: number): Promise<Pick<KnownThings, 'webhookIds' | 'values'>> {
    const some = (count: number): Promise<string[]> =>
      many(count, () => make('/v1/webhooks', { url: UNREACHABLE, event_types: ['webhooks.*'] }));
    const [logged = ''] = await some(1);
    const deliveries = await many(3, () => make(`/v1/webhooks/${logged}/test`, {}));
    return {
      webhookIds: { changed: await some(3), doomed: await some(40 * share), logged: [logged] },
      values: {
        url: [UNREACHABLE],
        event_types: [['webhooks.*'], ['tasks.list_deleted', 'webhooks.created']],
        delivery_id: deliveries,
      },
    };
  }

  async function makeEntries(memberIds: readonly string[], share: number): Promise<KnownThings['entryIds']> {
    const made = await many(10 + 60 * share, (index) =>
      make('/v1/time/entries', {
        user_id: memberIds[index % memberIds.length],
        started_at: new Date(Date.UTC(2025, 0, 5, index)).toISOString(),
        duration: 'PT20M',
      }),
    );
    return { changed: made.slice(0, 10), doomed: made.slice(10) };
  }

  async function makeTemplates(listIds: readonly string[], share: number): Promise<KnownThings['templateIds']> {
    const some = (count: number): Promise<string[]> =>
      many(count * share, (index) =>
        make('/v1/templates', { title: 'Recurring', list_id: listIds[index % listIds.length], rule: RULES[0] }),
      );
    const made = { changed: await some(5), paused: await some(5), doomed: await some(40), dated: await some(8) };
    await Promise.all(made.paused.map((id) => server.api.post(`/v1/templates/${id}/pause`, {})));
    await Promise.all(
      made.dated.map(async (id) => {
        for (const original_start of STARTS.slice(10))
          await server.api.post(`/v1/templates/${id}/exceptions`, { original_start, kind: 'skip' });
      }),
    );
    return made;
  }

  /** Creates Ada, whose token is used for operations of users, and others whose accounts and sessions may end. */
  async function makePeople(
    workspaceId: string,
    share: number,
  ): Promise<Pick<KnownThings, 'memberIds' | 'inviteIds' | 'sessionIds' | 'tokenIds' | 'identityIds' | 'values'>> {
    // In the workspace of all other things, some of which are for users alone.
    const ada = await memberOf(server.url, links, workspaceId, 'member');
    adasToken = ada.tokens.access_token;
    await Promise.all(Array.from({ length: Math.ceil(30 * share) }, () => signIn(server.url, ada.email)));
    const grace = await signUp(server.url, links);
    gracesToken = grace.tokens.access_token;
    const sessions = await ada.api.get<{ items: { id: string; current: boolean }[] }>('/v1/me/sessions');
    const tokenIds = await many(40 * share, async () => {
      const { body } = await ada.api.post<{ id: string }>('/v1/me/tokens', { name: 'Known', scopes: ['*'] });
      return body.id;
    });
    const others = await Promise.all(Array.from({ length: Math.ceil(32 * share) }, () => signUp(server.url, links)));
    doomedTokens.push(...others.map(({ tokens }) => tokens.access_token));
    const members = await Promise.all(Array.from({ length: Math.ceil(12 * share) }, () => signUp(server.url, links)));
    for (const { id } of members) await links.addMember(workspaceId, id, 'member');
    const about = { url: server.url, links, inviter: server.api };
    const tokens: Record<string, string[]> = {};
    for (const [path, kind] of Object.entries(KINDS_BY_PATH))
      tokens[`${path} token`] = await Promise.all(
        Array.from({ length: Math.ceil(8 * share) }, () => makeLinkToken(kind, about)),
      );
    await many(30 * share, () => make('/v1/invites', { email: newAddress() }));
    const invites = await server.api.get<{ items: { id: string }[] }>('/v1/invites?limit=500');
    const seeded = { identities: [] as string[], finish: [] as string[], link: [] as string[] };
    for (let count = 0; count < 100 * share; count += 1) {
      seeded.identities.push(await seedIdentity(links.database, grace.id));
      seeded.finish.push(await seedProven(links.database, newAddress()));
      seeded.link.push(await seedProven(links.database, ada.email));
    }
    return {
      identityIds: seeded.identities,
      memberIds: members.map(({ id }) => id),
      inviteIds: invites.body.items.map(({ id }) => id),
      sessionIds: sessions.body.items.filter(({ current }) => !current).map(({ id }) => id),
      tokenIds,
      values: {
        ...tokens,
        provider: [PROVIDER],
        code: [SIGN_IN_CODE],
        '/v1/auth/providers/{provider}/finish flow': seeded.finish,
        '/v1/me/identities flow': seeded.link,
        refresh_token: members.map((member) => member.tokens.refresh_token),
        email: [newAddress(), ...members.map(({ email }) => email)],
        password: [PASSWORD],
        current_password: [PASSWORD],
        new_password: [PASSWORD],
        timezone: ['Europe/Berlin', 'UTC'],
        rule: RULES,
        original_start: STARTS,
        content: CALENDARS,
        assignee_id: members.map(({ id }) => id),
        ...ofPath('/v1/time/entries', {
          user_id: members.map(({ id }) => id),
          started_at: BEGINNINGS,
          ended_at: ENDINGS,
          duration: ['PT30M', 'PT59M', 'PT0S'],
        }),
        ...ofPath('/v1/time/entries/{id}', { duration: ['PT30M', 'P31D'] }),
        ...ofPath('/v1/me/tokens', { workspace_id: [null], list_ids: [null], expires_at: [null] }),
        ...ofPath('/v1/time/lock', { locked_until: [null, '2020-01-01T00:00:00Z'] }),
        ...ofPath('/v1/time/report', COVERAGE),
        ...ofPath('/v1/time/flow', COVERAGE),
      },
    };
  }

  function credentialFor({ method, path, forUsers }: Operation): string {
    if (!forUsers) return installation.key;
    if (path === '/v1/me/identities/{id}') return gracesToken;
    if (!ENDING.test(`${method} ${path}`)) return adasToken;
    return doomedTokens[Math.floor(Math.random() * doomedTokens.length)] ?? '';
  }

  async function send({ operation, target, headers, body }: ApiRequest) {
    const response = await fetch(`${server.url}${target}`, {
      method: operation.method,
      headers: { authorization: `Bearer ${credentialFor(operation)}`, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      text: await textOf(response),
    };
  }

  test(
    'is answered as documented',
    async () => {
      const operations = operationsOf(document, '/v1/');
      expect(operations.length).toBeGreaterThan(10);
      const judge = new AnswerJudge(document);
      const seen = new Map<string, Set<number>>();
      const faults = new Map<string, string>();
      let sent = 0;
      process.stdout.write(`property: seed ${SEED}\n`);
      const drive = async (
        chosen: typeof operations,
        things: KnownThings,
        { ms, runs = 1_000_000, seed = SEED }: { ms: number; runs?: number; seed?: number },
      ): Promise<void> => {
        const one = requestArbitrary(document, chosen, things);
        const requests = fc.array(one, { minLength: 1, maxLength: AT_ONCE });
        await fc.assert(fc.asyncProperty(requests, sendAll), {
          seed,
          numRuns: runs,
          interruptAfterTimeLimit: ms,
          markInterruptAsFailure: false,
        });
      };
      const sendAll = async (drawn: ApiRequest[]): Promise<void> => {
        await Promise.all(
          drawn.map(async (request) => {
            const name = `${request.operation.method} ${request.operation.path}`;
            const answer = await send(request);
            sent += 1;
            seen.set(name, (seen.get(name) ?? new Set<number>()).add(answer.status));
            const fault = judge.fault(request, answer);
            if (fault === undefined) return;
            // One example of each kind is more useful than a shrunk first fault.
            const kind = `${name} ${answer.status} ${fault.slice(0, 40)}`;
            const shown = `${name} ${request.target} ${JSON.stringify(request.headers)} ${request.body}`;
            if (!faults.has(kind)) faults.set(kind, `${shown} is answered with ${fault}`.slice(0, LONGEST_FAULT));
          }),
        );
      };
      // Each operation must also have succeeded: a generator that only causes refusals proves little.
      const neverDone = (): typeof operations =>
        operations.filter(
          ({ method, path }) => ![...(seen.get(`${method} ${path}`) ?? [])].some((status) => status < 300),
        );
      await drive(operations, await makeThings(), { ms: SECONDS * 1000 });
      // Operations that have used up their things, or had no time on a busy machine, get new ones until they succeed.
      let seed = SEED;
      for (let round = 0; round < MORE_ROUNDS && neverDone().length > 0; round += 1) {
        const things = await makeThings(MORE_THINGS);
        const end = Date.now() + MORE_SECONDS * 1000;
        while (neverDone().length > 0 && Date.now() < end) {
          seed += 1;
          // A run that is interrupted before its first request counts as a failure.
          const ms = Math.max(end - Date.now(), SHORTEST_MS);
          await drive(neverDone(), things, { ms, runs: MORE_RUNS, seed });
        }
      }
      process.stdout.write(
        `property: ${sent} requests; ${[...seen]
          .map(([name, statuses]) => `${name}: ${[...statuses].toSorted((a, b) => a - b).join(' ')}`)
          .toSorted()
          .join('; ')}\n`,
      );
      expect([...faults.values()]).toEqual([]);
      expect(neverDone().map(({ method, path }) => `${method} ${path}`)).toEqual([]);
      expect(server.ended()).toBeUndefined();
    },
    (SECONDS + MORE_ROUNDS * MORE_SECONDS + 1500) * 1000,
  );
});
