// Templates as calendars: read by another reader, subscribed to by a URL that ends with its maker's rights, and imported.
import { randomBytes } from 'node:crypto';
import { expandByIcal } from '../support/read-by-ical.ts';
import { ApiClient } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient } from '../support/nats-client.ts';
import { memberOf } from '../support/people.ts';
import { sharedInstallation, type SharedInstallation, type SharedServer } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const BERLIN = 'Europe/Berlin';
/** Midnight may pass during the tests: all days count from here. */
const NOW = Date.now();

interface Occurrences {
  items: { original_start: string; at: string; state: string }[];
}
interface NewFeed {
  id: string;
  url: string;
}
interface Failure {
  error: { code: string; details: { field: string; issue: string }[] };
}

/** `YYYY-MM-DD`. */
function day(inDays: number): string {
  return new Date(NOW + inDays * DAY_MS).toISOString().slice(0, 10);
}

function compact(local: string): string {
  return local.replaceAll(/[-:]/g, '');
}

function calendar(...lines: string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Test//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n');
}

function event(uid: string, ...lines: string[]): string[] {
  return ['BEGIN:VEVENT', `UID:${uid}`, 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT'];
}

function pathOf({ url }: NewFeed): string {
  return new URL(url).pathname;
}

describe.each(TOPOLOGIES)('calendars, %s', (topology) => {
  let installation: SharedInstallation;
  let server: SharedServer;
  let links: MailLinks;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ server } = installation);
    links = await MailLinks.open(installation);
  });
  afterAll(() => links?.close());

  const start = `${day(2)}T09:00:00`;

  async function makeList(title = 'Plants'): Promise<string> {
    return (await server.api.post<{ id: string }>('/v1/lists', { title })).body.id;
  }

  async function makeTemplate(listId: string, more: object = {}): Promise<string> {
    const rule = { dtstart: start, timezone: BERLIN, pattern: 'daily' };
    const input = { title: 'Water the plants', list_id: listId, rule, ...more };
    const { status, body } = await server.api.post<{ id: string }>('/v1/templates', input);
    expect(status).toBe(201);
    return body.id;
  }

  async function read(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(new URL(path, server.url), { headers });
  }

  const authorized = (): Record<string, string> => ({ authorization: `Bearer ${installation.key}` });

  async function makeFeed(listId: string, api: ApiClient = server.api, more: object = {}): Promise<NewFeed> {
    const { status, body } = await api.post<NewFeed>('/v1/feeds', { list_id: listId, ...more });
    expect(status).toBe(201);
    return body;
  }

  async function send(content: string, query = ''): Promise<{ status: number; body: unknown }> {
    const response = await fetch(new URL(`/v1/templates/import${query}`, server.url), {
      method: 'POST',
      headers: { ...authorized(), 'content-type': 'text/calendar' },
      body: content,
    });
    return { status: response.status, body: await response.json() };
  }

  /** The VTIMEZONE of a calendar that the server has written. */
  async function zoneLines(): Promise<string[]> {
    const id = await makeTemplate(await makeList());
    const lines = (await (await read(`/v1/templates/${id}.ics`, authorized())).text()).split('\r\n');
    return lines.slice(lines.indexOf('BEGIN:VTIMEZONE'), lines.indexOf('END:VTIMEZONE') + 1);
  }

  describe('a template', () => {
    test.each(['vevent', 'vtodo'])(
      'as %s shows another reader what is to come, exceptions and all',
      async (component) => {
        const id = await makeTemplate(await makeList(), { due_offset: 'PT1H30M', tags: ['home, garden'] });
        const [skipped, moved, edited] = [3, 4, 5].map((days) => `${day(days)}T09:00:00`);
        const movedTo = `${day(4)}T18:30:00.000Z`;
        for (const exception of [
          { original_start: skipped, kind: 'skip' },
          { original_start: moved, kind: 'move', at: movedTo },
          { original_start: edited, kind: 'edit', fields: { title: 'Water them twice' } },
        ]) {
          expect((await server.api.post(`/v1/templates/${id}/exceptions`, exception)).status).toBe(201);
        }
        const response = await read(`/v1/templates/${id}.ics?component=${component}`, authorized());
        expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8']);
        const text = await response.text();
        expect(text).toContain(`BEGIN:${component.toUpperCase()}`);
        expect(text).toContain('DURATION:PT1H30M');
        expect(text).toContain(String.raw`CATEGORIES:home\, garden`);
        const seen = expandByIcal(text, 40);
        const query = `from=${day(0)}T00:00:00Z&to=${day(30)}T00:00:00Z`;
        const ours = await server.api.get<Occurrences>(`/v1/templates/${id}/occurrences?${query}`);
        const kept = ours.body.items.filter(({ state }) => state !== 'skipped').map(({ at }) => at);
        expect(seen.map(({ at }) => at).slice(0, kept.length)).toEqual(kept.toSorted());
        expect(kept.length).toBeGreaterThan(20);
        expect(seen.find(({ at }) => at === movedTo)).toBeDefined();
        expect(seen.filter(({ summary }) => summary === 'Water them twice')).toHaveLength(1);
        const again = { ...authorized(), 'if-none-match': response.headers.get('etag') ?? '' };
        expect((await read(`/v1/templates/${id}.ics?component=${component}`, again)).status).toBe(304);
      },
    );

    test('that was split is two series, of which none shows what is the other’s', async () => {
      const id = await makeTemplate(await makeList());
      const path = `/v1/templates/${id}/occurrences/${day(9)}T09:00:00?scope=following`;
      const split = await server.api.patch<{ template: { id: string } }>(path, { title: 'Feed the cat' });
      expect(split.status).toBe(200);
      const parts = await Promise.all(
        [id, split.body.template.id].map(async (part) =>
          (await read(`/v1/templates/${part}.ics`, authorized())).text(),
        ),
      );
      const [before = [], after = []] = parts.map((text) => expandByIcal(text, 10));
      expect(before.map(({ recurrenceId }) => recurrenceId.slice(0, 10))).toEqual([2, 3, 4, 5, 6, 7, 8].map(day));
      expect(after[0]?.recurrenceId.slice(0, 10)).toBe(day(9));
      expect(new Set(after.map(({ summary }) => summary))).toEqual(new Set(['Feed the cat']));
    });

    test('is there over NATS, and for nobody from elsewhere', async () => {
      const id = await makeTemplate(await makeList());
      const client = await NatsClient.connect(installation.nats.url, installation.key);
      const { status, body } = await client.call('api.recurrence.export_template', { id });
      await client.close();
      expect([status, (body as { content_type: string }).content_type]).toEqual([200, 'text/calendar; charset=utf-8']);
      expect(expandByIcal((body as { content: string }).content, 3)).toHaveLength(3);
      expect((await read(`/v1/templates/${id}.ics`)).status).toBe(401);
      const wrong = await read(`/v1/templates/${id}.ics`, { ...authorized(), accept: 'application/xml' });
      expect(wrong.status).toBe(406);
    });
  });

  describe('a feed', () => {
    test('shows the templates of its list and no others, to whoever has its URL', async () => {
      const [list, other] = [await makeList('Plants'), await makeList('Others')];
      await makeTemplate(list, { title: 'Mine' });
      await makeTemplate(other, { title: 'Not mine' });
      const feed = await makeFeed(list);
      expect(new URL(feed.url).pathname).toMatch(/^\/feeds\/[A-Za-z0-9_-]{43}\.ics$/);
      const response = await read(pathOf(feed));
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
      const text = await response.text();
      expect(text).toContain('X-WR-CALNAME:Plants');
      expect(new Set(expandByIcal(text, 5).map(({ summary }) => summary))).toEqual(new Set(['Mine']));
      const known = { 'if-none-match': response.headers.get('etag') ?? '' };
      expect((await read(pathOf(feed), known)).status).toBe(304);
      await makeTemplate(list, { title: 'Newer' });
      expect((await read(pathOf(feed), known)).status).toBe(200);
      expect((await read(`/feeds/${randomBytes(32).toString('base64url')}.ics`)).status).toBe(404);
    });

    test('shows the dated tasks of its list, if its maker may read them', async () => {
      const list = await makeList();
      await makeTemplate(list, { title: 'Each day' });
      const task = { list_id: list, due_at: `${day(3)}T10:30:00Z`, timezone: BERLIN };
      const open = await server.api.post<{ id: string }>('/v1/tasks', { title: 'Once', ...task });
      await server.api.post('/v1/tasks', { title: 'Over', ...task, status: 'done' });
      const { body: key } = await server.api.post<{ key: string }>('/v1/api-keys', {
        name: 'Calendar',
        scopes: ['recurrence:read'],
      });
      const api = new ApiClient(server.url, key.key);
      expect((await api.post('/v1/feeds', { list_id: list, tasks: 'open' })).status).toBe(403);
      const titlesOf = async (feed: NewFeed): Promise<string[]> => {
        const text = await (await read(pathOf(feed))).text();
        return [...new Set(expandByIcal(text, 3).map(({ summary }) => summary))].toSorted();
      };
      expect(await titlesOf(await makeFeed(list, api))).toEqual(['Each day']);
      expect(await titlesOf(await makeFeed(list, server.api, { tasks: 'all' }))).toEqual(['Each day', 'Once', 'Over']);
      const feed = await makeFeed(list);
      expect(await titlesOf(feed)).toEqual(['Each day', 'Once']);
      const { headers } = await read(pathOf(feed));
      const known = { 'if-none-match': headers.get('etag') ?? '' };
      expect((await read(pathOf(feed), known)).status).toBe(304);
      await server.api.patch(`/v1/tasks/${open.body.id}`, { title: 'Twice' });
      expect((await read(pathOf(feed), known)).status).toBe(200);
    });

    test('shows its URL once, keeps nothing that opens it, and writes it into no log', async () => {
      const list = await makeList();
      const key = { 'idempotency-key': randomBytes(8).toString('hex') };
      const first = await server.api.post<NewFeed>('/v1/feeds', { list_id: list }, key);
      const again = await server.api.post<Failure>('/v1/feeds', { list_id: list }, key);
      expect([first.status, again.status, again.body.error.code]).toEqual([201, 409, 'secret_already_shown']);
      const secret = /feeds\/(.+)\.ics/.exec(first.body.url)?.[1] ?? 'none';
      expect(secret).toHaveLength(43);
      expect((await read(pathOf(first.body))).status).toBe(200);
      const shown = await server.api.get(`/v1/feeds/${first.body.id}`);
      expect(JSON.stringify(shown.body)).not.toContain(secret);
      for (const table of ['feed', 'outbox', 'idempotency']) {
        const { rows } = await links.database.query(`SELECT t::text FROM recurrence.${table} t`);
        expect(JSON.stringify(rows)).not.toContain(secret);
      }
      expect(await (await read('/metrics')).text()).not.toContain(secret);
      expect(server.output()).not.toContain(secret);
    });

    test('ends when it is revoked, and only for who may', async () => {
      const list = await makeList();
      const { body: workspaces } = await server.api.get<{ items: { id: string }[] }>('/v1/workspaces');
      const workspace = workspaces.items[0]?.id ?? '';
      const [ada, grace] = [
        await memberOf(server.url, links, workspace, 'viewer'),
        await memberOf(server.url, links, workspace, 'member'),
      ];
      const feed = await makeFeed(list, ada.api);
      expect((await grace.api.delete(`/v1/feeds/${feed.id}`)).status).toBe(404);
      expect((await read(pathOf(feed))).status).toBe(200);
      expect((await ada.api.delete(`/v1/feeds/${feed.id}`)).status).toBe(204);
      expect((await read(pathOf(feed))).status).toBe(404);
    });

    test('ends with its maker’s membership, for good', async () => {
      const list = await makeList();
      const { body: workspaces } = await server.api.get<{ items: { id: string }[] }>('/v1/workspaces');
      const workspace = workspaces.items[0]?.id ?? '';
      const ada = await memberOf(server.url, links, workspace, 'member');
      const feed = await makeFeed(list, ada.api);
      expect((await read(pathOf(feed))).status).toBe(200);
      expect((await server.api.delete(`/v1/members/${ada.id}`)).status).toBe(204);
      // Nothing is believed from before.
      expect((await read(pathOf(feed))).status).toBe(404);
      await until('the feed is gone', async () => (await server.api.get(`/v1/feeds/${feed.id}`)).status === 404);
      await links.addMember(workspace, ada.id, 'member');
      expect((await read(pathOf(feed))).status).toBe(404);
    });

    test('ends with what its maker’s key may read', async () => {
      const [list, other] = [await makeList(), await makeList()];
      const made = await server.api.post<{ id: string; key: string }>('/v1/api-keys', {
        name: 'Calendar',
        scopes: ['recurrence:read'],
        list_ids: [list],
      });
      const api = new ApiClient(server.url, made.body.key);
      expect((await api.post('/v1/feeds', { list_id: other })).status).toBe(404);
      const feed = await makeFeed(list, api);
      const status = async (): Promise<number> => (await read(pathOf(feed))).status;
      expect(await status()).toBe(200);
      const path = `/v1/api-keys/${made.body.id}`;
      for (const [patch, answer] of [
        [{ list_ids: [other] }, 404],
        [{ list_ids: [list] }, 200],
        [{ scopes: ['tasks:read'] }, 404],
        [{ scopes: ['recurrence:read'] }, 200],
        [{ allowed_ips: ['203.0.113.7'] }, 404],
        [{ allowed_ips: null }, 200],
      ] as const) {
        expect((await server.api.patch(path, patch)).status).toBe(200);
        expect([patch, await status()]).toEqual([patch, answer]);
      }
      expect((await server.api.delete(path)).status).toBe(204);
      expect(await status()).toBe(404);
    });

    test('ends with its list', async () => {
      const list = await makeList();
      const feed = await makeFeed(list);
      expect((await server.api.delete(`/v1/lists/${list}`)).status).toBe(204);
      await until('the feed has ended', async () => (await read(pathOf(feed))).status === 404);
      await until('the feed is gone', async () => (await server.api.get(`/v1/feeds/${feed.id}`)).status === 404);
    });
  });

  describe('an import', () => {
    test('makes templates with what differs, and they come out as they went in', async () => {
      const list = await makeList();
      const zone = await zoneLines();
      const [skipped, moved] = [day(3), day(4)];
      const content = calendar(
        ...zone,
        ...event(
          'plants',
          `DTSTART;TZID=${BERLIN}:${compact(start)}`,
          'DURATION:P1DT2H',
          'RRULE:FREQ=DAILY;WKST=SU',
          `EXDATE;TZID=${BERLIN}:${compact(skipped)}T090000`,
          String.raw`SUMMARY:Water\, then wait`,
          'LOCATION:Balcony',
          'PRIORITY:1',
        ),
        ...event(
          'plants',
          `RECURRENCE-ID;TZID=${BERLIN}:${compact(moved)}T090000`,
          `DTSTART;TZID=${BERLIN}:${compact(moved)}T200000`,
          String.raw`SUMMARY:Water\, then wait`,
          'PRIORITY:1',
        ),
      );
      const { status, body } = await send(content, `?list_id=${list}`);
      const made = body as { items: { id: string; title: string }[]; ignored: string[] };
      expect([status, made.ignored]).toEqual([201, ['LOCATION']]);
      expect(made.items).toMatchObject([
        {
          title: 'Water, then wait',
          list_id: list,
          priority: 'urgent',
          due_offset: 'P1DT2H',
          rule: { timezone: BERLIN, rrule: 'FREQ=DAILY;WKST=SU' },
        },
      ]);
      const text = await (await read(`/v1/templates/${made.items[0]?.id}.ics`, authorized())).text();
      expect(expandByIcal(text, 30)).toEqual(expandByIcal(content, 30));
    });

    test('refuses by name what it cannot take, and then makes nothing', async () => {
      const before = await server.api.get<{ items: unknown[] }>('/v1/templates?limit=500');
      const begin = `DTSTART;TZID=${BERLIN}:${compact(start)}`;
      const content = calendar(
        ...event('good', begin, 'RRULE:FREQ=DAILY', 'SUMMARY:Good'),
        ...event('secondly', begin, 'RRULE:FREQ=SECONDLY', 'SUMMARY:Bad'),
        ...event('unknown part', begin, 'RRULE:FREQ=DAILY;BYEASTER=1', 'SUMMARY:Bad'),
        ...event('two rules', begin, 'RRULE:FREQ=DAILY', 'RRULE:FREQ=WEEKLY', 'SUMMARY:Bad'),
        ...event('zone', `DTSTART;TZID=Mars:${compact(start)}`, 'RRULE:FREQ=DAILY', 'SUMMARY:Bad'),
        ...event('once', begin, 'SUMMARY:Bad'),
        ...event('untitled', begin, 'RRULE:FREQ=DAILY'),
      );
      const { status, body } = await send(content);
      const { error } = body as Failure;
      expect([status, error.code]).toEqual([422, 'validation_error']);
      expect(error.details.map(({ field }) => field).toSorted()).toEqual([
        'content[once].RRULE',
        'content[secondly].RRULE',
        'content[two rules].RRULE',
        'content[unknown part].RRULE',
        'content[untitled].SUMMARY',
        'content[zone].DTSTART',
      ]);
      const after = await server.api.get<{ items: unknown[] }>('/v1/templates?limit=500');
      expect(after.body.items).toHaveLength(before.body.items.length);
    });

    test.each([
      ['no calendar', 'BEGIN:VCARD\r\nEND:VCARD\r\n'],
      ['half of one', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n'],
      ['nothing in it', calendar()],
      ['too much', calendar(...Array.from({ length: 501 }, (_, index) => event(`e${index}`, 'SUMMARY:x')).flat())],
    ])('of %s is refused', async (_what, content) => {
      const { status, body } = await send(content);
      const { error } = body as Failure;
      expect([status, error.details[0]?.field]).toEqual([422, 'content']);
    });

    test('is done once for a key, over NATS as well', async () => {
      const content = calendar(...event('once', `DTSTART:${compact(start)}Z`, 'RRULE:FREQ=WEEKLY', 'SUMMARY:Once'));
      const client = await NatsClient.connect(installation.nats.url, installation.key);
      const headers = { 'Idempotency-Key': randomBytes(8).toString('hex') };
      const first = await client.call('api.recurrence.import_calendar', { content }, headers);
      const again = await client.call('api.recurrence.import_calendar', { content }, headers);
      await client.close();
      expect([first.status, again.status]).toEqual([200, 200]);
      expect(again.body).toEqual(first.body);
    });
  });
});
