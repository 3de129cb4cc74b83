// Rate limits: counted by all nodes together, reported in headers, and the address that counts behind proxies.
import { ApiClient, type Answer, type ErrorBody } from '../support/api-client.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import { PROVIDER, PROVIDER_SETTINGS } from '../support/seeded-sign-ins.ts';
import { NatsClient } from '../support/nats-client.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

const LIMIT = 100;
const PATH = '/v1/lists?limit=1';

async function makeKey(api: ApiClient): Promise<string> {
  return (await api.post<{ key: string }>('/v1/api-keys', { name: 'Limited', scopes: ['tasks:read'] })).body.key;
}

function send(server: ServerProcess | undefined, route: string, body: object): Promise<Answer<ErrorBody>> {
  return new ApiClient(server?.url ?? '').post<ErrorBody>(`/v1/auth/${route}`, body);
}

/** The number of responses by status. */
function statuses(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function refusedOf<Body>(answers: readonly Answer<Body>[]): Answer<Body>[] {
  return answers.filter(({ status }) => status === 429);
}

function turns(count: number): number[] {
  return Array.from({ length: count }, (_, turn) => turn);
}

describe('limits among three instances', () => {
  let installation: Installation;
  let servers: ServerProcess[];
  let nats: NatsClient | undefined;

  beforeAll(async () => {
    installation = await createInstallation();
    const env = {
      RATE_LIMIT_ENABLED: 'true',
      RATE_LIMIT_READS: String(LIMIT),
      RATE_LIMIT_REFUSALS: '20',
      ...PROVIDER_SETTINGS,
    };
    servers = await Promise.all([1, 2, 3].map(() => installation.startServer({ env })));
  });
  afterEach(() => nats?.close());
  afterAll(() => installation?.end());

  const first = (): ServerProcess => servers[0] as ServerProcess;

  /** As many requests of each node as all may have. */
  async function askEverywhere(key: string): Promise<Answer<ErrorBody>[]> {
    const answers: Answer<ErrorBody>[] = [];
    const ask = async (url: string): Promise<void> => {
      for (let turn = 0; turn < LIMIT; turn += 1) answers.push(await new ApiClient(url, key).get<ErrorBody>(PATH));
    };
    await Promise.all(servers.map(({ url }) => ask(url)));
    return answers;
  }

  test('allow the limit of a key together, with an error of at most a tenth', async () => {
    // The nodes publish their counts: on a busy machine, these may come later than the next requests.
    const refused = await until('the nodes count together', async () => {
      const answers = await askEverywhere(await makeKey(first().api));
      const counts = statuses(answers);
      const [allowed = 0, rest = 0] = [counts[200], counts[429]];
      return allowed + rest === 3 * LIMIT && Math.abs(allowed - LIMIT) <= LIMIT * 0.1 && refusedOf(answers);
    });
    const [{ headers, body } = {} as Answer<ErrorBody>] = refused;
    expect(body.error).toMatchObject({ code: 'rate_limited', details: { limit: LIMIT } });
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(headers.get('ratelimit-limit')).toBe(String(LIMIT));
    expect(headers.get('ratelimit-remaining')).toBe('0');
    // Writes and other keys are counted separately.
    const other = new ApiClient(first().url, await makeKey(first().api));
    expect(Number((await other.get(PATH)).headers.get('ratelimit-remaining'))).toBe(LIMIT - 1);
  });

  test('a key has one limit for REST and NATS', async () => {
    const key = await makeKey(first().api);
    nats = await NatsClient.connect(installation.nats.url, key);
    const statuses = new Set<number>();
    for (let turn = 0; turn < LIMIT * 1.2; turn += 1) {
      statuses.add((await nats.call('api.tasks.find_lists', { limit: 1 })).status);
    }
    expect([...statuses]).toEqual([200, 429]);
    // An error of a tenth: a node may not have received all counts yet.
    const rest = new Set<number>();
    for (let turn = 0; turn < LIMIT * 0.1; turn += 1) {
      rest.add((await new ApiClient(first().url, key).get(PATH)).status);
    }
    expect([...rest]).toContain(429);
  });

  test('count attempts of passwords exactly, by account and address, on all instances together', async () => {
    const tries = await Promise.all(
      turns(30).map((turn) => send(servers[turn % 3], 'sign-in', { email: 'ada@example.com', password: 'x' })),
    );
    expect(statuses(tries)).toEqual({ 401: 20, 429: 10 });
    const refused = tries.find(({ status }) => status === 429);
    expect(refused?.body.error).toMatchObject({ code: 'rate_limited', details: { limit: 20 } });
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    // Mails and sign-ins with a provider are counted separately.
    const mails: Answer[] = [];
    // Not all at once, which would take a busy node longer than it lets a request wait.
    for (const round of turns(14)) {
      const places = turns(15).map((place) => round * 15 + place);
      const sent = places.map((turn) => send(servers[turn % 3], 'forgot-password', { email: `n${turn}@example.com` }));
      mails.push(...(await Promise.all(sent)));
    }
    expect(statuses(mails)).toEqual({ 202: 200, 429: 10 });
    const finished = await send(servers[1], `providers/${PROVIDER}/finish`, { flow: 'unknown', code: 'unknown' });
    expect(finished.status).not.toBe(429);
  });

  test('an address with many wrong keys is limited, but its valid keys and its sign-ins are served', async () => {
    const wrong = new ApiClient(first().url, `mono_test_${'0'.repeat(12)}_${'A'.repeat(43)}`);
    const nobody = new ApiClient(first().url, 'nobody');
    const seen: number[] = [];
    for (let turn = 0; turn < 20; turn += 1) seen.push((await wrong.get(PATH)).status);
    for (let turn = 0; turn < 5; turn += 1) seen.push((await nobody.get(PATH)).status);
    expect(seen).toEqual([...Array.from({ length: 20 }, () => 401), ...Array.from({ length: 5 }, () => 429)]);
    // A guess costs one of a few look-ups per second.
    expect(statuses(await Promise.all(turns(20).map(() => wrong.get(PATH))))[429]).toBeGreaterThan(0);
    expect((await first().api.get(PATH)).status).toBe(200);
    const signIn = await send(first(), 'refresh', { refresh_token: 'unknown' });
    expect(signIn.status).toBe(401);
  });
});

describe.each([
  [
    '127.0.0.0/8',
    [
      ['203.0.113.7', 200],
      ['198.51.100.1', 403],
      // Entries before the last untrusted address are set by the client.
      ['203.0.113.7, 198.51.100.1', 403],
    ],
  ],
  ['10.0.0.0/8', [['203.0.113.7', 403]]],
] as const)('with TRUST_PROXY=%s', (TRUST_PROXY, cases) => {
  let installation: SharedInstallation;
  let server: ServerProcess;

  beforeAll(async () => {
    installation = await sharedInstallation();
    server = await installation.startNode({ TRUST_PROXY, MODULES: 'tasks' });
  });
  afterAll(() => server?.stop());

  test.each(cases)('returns to a request forwarded for %s the status %i', async (forwarded, expected) => {
    const made = await installation.server.api.post<{ key: string }>('/v1/api-keys', {
      name: 'Far away',
      scopes: ['tasks:read'],
      allowed_ips: ['203.0.113.0/24'],
    });
    const answer = await new ApiClient(server.url, made.body.key).get(PATH, { 'x-forwarded-for': forwarded });
    expect(answer.status).toBe(expected);
  });
});
