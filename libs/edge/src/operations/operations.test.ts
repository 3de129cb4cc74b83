// One operation over REST and over NATS: the same answers, refusals and conditions.
import { Controller } from '@nestjs/common';
import { connect, headers as natsHeaders, type NatsConnection } from '@nats-io/transport-node';
import { Bus, BusConnection } from '@mono/bus';
import {
  ConflictError,
  IntegerField,
  idOf,
  NotFoundError,
  operations,
  patch,
  path,
  post,
  TextField,
  VersionConflictError,
  type CallContext,
  type Principal,
  type PublicContext,
} from '@mono/contract';
import { pino } from 'pino';
import { startNats, type NatsProcess } from '../../../../test/support/nats-process.ts';
import { serveApi } from '../nats/api-gateway.js';
import { domainErrors, busInputReader, Authenticator, Operation } from '@mono/platform';
import { serve, TEST_PRINCIPAL } from '@mono/platform/testing';
import { startTestApplication, TEST_CREDENTIAL, type TestApplication } from '../testing/test-application.js';
import { restController } from './rest-controller.js';

class StarPatch {
  @TextField({ description: 'The name.', min: 1, max: 20, optional: true })
  name?: string;

  @TextField({ description: 'The id of the star that it circles.', max: 36, optional: true })
  center_id?: string;
}
class Star {
  @TextField({ description: 'The id.' })
  id: string;

  @TextField({ description: 'The name.' })
  name: string;

  @IntegerField({ description: 'The version.', min: 1, max: 9 })
  version: number;
}
class Sighting {
  @TextField({ description: 'The place.', max: 20 })
  place: string;
}

const star = path('/v1/stars/:id', { id: idOf('star') });
const stars = operations(
  'astronomy',
  {},
  {
    updateStar: patch(star, {
      summary: 'Update a star',
      scope: 'stars:write',
      respectsLists: true,
      patch: StarPatch,
      reply: Star,
      etag: ({ version }) => String(version),
      ifMatch: true,
    }),
    reportSighting: post(path('/v1/stars/:id/sightings', { id: idOf('star') }), {
      summary: 'Report a sighting',
      scope: null,
      body: Sighting,
      reply: Star,
      idempotencyKey: true,
    }),
    introduce: post('/v1/introductions', {
      summary: 'Say where you call from',
      scope: 'anybody',
      body: Sighting,
      reply: Star,
    }),
  },
);
const ID = '0198b6c2-5f5e-7c3a-9d0e-0000000000aa';
const NOBODY = '0198b6c2-5f5e-7c3a-9d0e-0000000000bb';

@Controller()
class StarsController {
  @Operation(stars.updateStar)
  updateStar({ id, patch: { name = 'Vega', center_id } }: { id: string; patch: StarPatch }, call: CallContext): Star {
    if (center_id !== undefined) throw new NotFoundError('star', center_id);
    if (call.expectedVersion !== undefined && call.expectedVersion !== 3) throw new VersionConflictError(3);
    if (name === 'Sirius') throw new ConflictError('star_taken', 'The name is taken.', { name });
    return { id, name, version: 4 };
  }

  @Operation(stars.reportSighting)
  reportSighting({ id, place }: { id: string } & Sighting, call: CallContext): Star {
    if (call.idempotencyKey === 'again') call.markReplayed?.();
    return { id, name: `${place} ${call.principal.id === TEST_PRINCIPAL.id}`, version: 1 };
  }
}

@Controller()
class IntroductionsController {
  @Operation(stars.introduce)
  introduce(_input: Sighting, caller: PublicContext): Star {
    return { id: ID, name: caller.address, version: 1 };
  }
}

class OneKey extends Authenticator {
  constructor(private readonly principal: Principal) {
    super();
  }

  standingOf() {
    return 'known' as const;
  }

  authenticate() {
    return Promise.resolve(this.principal);
  }
}

const logger = pino({ level: 'silent' });
let nats: NatsProcess;
let connection: BusConnection;
let bus: Bus;
let client: NatsConnection;
let application: TestApplication;
let principal: Principal;

async function start(as: Principal): Promise<void> {
  principal = as;
  connection = new BusConnection({ url: nats.url, name: 'node', logger });
  connection.start();
  await new Promise<void>((connected) => void connection.onConnected(() => connected()));
  bus = new Bus({ connection, logger, secrets: ['the secret of tests'], errors: domainErrors, reader: busInputReader });
  serve(bus, new StarsController());
  serve(bus, new IntroductionsController());
  serveApi(bus, { contracts: Object.values(stars) as never, authenticator: new OneKey(principal), logger });
  bus.start();
  await connection.live?.flush();
  application = await startTestApplication({
    controllers: [restController(stars)],
    providers: [{ provide: Bus, useValue: bus }],
    principal,
  });
}

async function stop(): Promise<void> {
  await application?.close();
  await bus?.drain(1_000);
  await connection?.close();
}

beforeAll(async () => {
  nats = await startNats();
  client = await connect({ servers: nats.url });
});
afterAll(async () => {
  await client?.close();
  await nats?.stop();
});
afterEach(stop);

interface Seen {
  status: number;
  code?: string | undefined;
  details?: unknown;
  body?: unknown;
  etag?: string | undefined;
  replayed?: string | undefined;
}

async function overRest(method: string, at: string, sent: object, headers: Record<string, string> = {}): Promise<Seen> {
  const answer = await fetch(application.url + at, {
    method,
    headers: { authorization: TEST_CREDENTIAL, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(sent),
  });
  const body = (await answer.json()) as { error?: { code: string; details: unknown } };
  return {
    status: answer.status,
    code: body.error?.code,
    ...(body.error && { details: body.error.details }),
    ...(!body.error && { body }),
    etag: answer.headers.get('etag') ?? undefined,
    replayed: answer.headers.get('idempotent-replayed') ?? undefined,
  };
}

async function overNats(name: string, sent: object, headers: Record<string, string> = {}): Promise<Seen> {
  const all = natsHeaders();
  for (const [key, value] of Object.entries({ Authorization: TEST_CREDENTIAL, ...headers })) all.set(key, value);
  const answer = await client.request(`api.astronomy.${name}`, JSON.stringify(sent), { headers: all, timeout: 60_000 });
  const code = answer.headers?.get('Nats-Service-Error') || undefined;
  return {
    status: Number(answer.headers?.get('Nats-Service-Error-Code') || 200),
    code,
    ...(code === undefined ? { body: answer.json() } : { details: answer.json<{ details: unknown }>().details }),
    etag: answer.headers?.get('ETag') || undefined,
    replayed: answer.headers?.get('Idempotent-Replayed') || undefined,
  };
}

const update = (id: string, sent: object, headers?: Record<string, string>): Promise<Seen[]> =>
  Promise.all([
    overRest('PATCH', `/v1/stars/${id}`, sent, headers),
    overNats('update_star', { id, patch: sent }, headers),
  ]);

describe('both doors', () => {
  beforeEach(() => start(TEST_PRINCIPAL));

  test('answer alike, with the entity tag', async () => {
    const seen = await update(ID, { name: 'Vega' });
    expect(seen[0]).toMatchObject({ status: 200, body: { id: ID, name: 'Vega', version: 4 }, etag: '"4"' });
    expect(seen[1]).toEqual(seen[0]);
  });

  test.each<[what: string, id: string, sent: object, headers: Record<string, string>, expected: Seen]>([
    ['a malformed id', 'vega', { name: 'Vega' }, {}, { status: 404, code: 'star_not_found' }],
    [
      'a version that has passed',
      ID,
      { name: 'Vega' },
      { 'If-Match': '"2"' },
      { status: 412, code: 'version_conflict' },
    ],
    ['a weak entity tag', ID, { name: 'Vega' }, { 'If-Match': 'W/"3"' }, { status: 412, code: 'version_conflict' }],
    ['no entity tag', ID, { name: 'Vega' }, { 'If-Match': '3' }, { status: 422, code: 'validation_error' }],
    ['a conflict', ID, { name: 'Sirius' }, {}, { status: 409, code: 'star_taken' }],
    ['an unknown field', ID, { colour: 'blue' }, {}, { status: 422, code: 'unknown_field' }],
    ['a field of the wrong type', ID, { name: 7 }, {}, { status: 422, code: 'validation_error' }],
  ])('refuse %s alike', async (_what, id, sent, headers, expected) => {
    const seen = await update(id, sent, headers);
    const refused = { ...expected, etag: undefined, replayed: undefined };
    expect(seen).toEqual([expect.objectContaining(refused), expect.objectContaining(refused)]);
  });

  test('name the field of a reference that does not exist', async () => {
    const details = { id: NOBODY, code: 'not_found' };
    expect(await update(ID, { center_id: NOBODY })).toEqual([
      expect.objectContaining({ status: 404, code: 'star_not_found', details: { ...details, field: 'center_id' } }),
      expect.objectContaining({
        status: 404,
        code: 'star_not_found',
        details: { ...details, field: 'patch.center_id' },
      }),
    ]);
    const [rest, nats] = await update(NOBODY, { center_id: NOBODY });
    expect([rest?.details, nats?.details]).toEqual([{ id: NOBODY }, { id: NOBODY }]);
  });

  test('read an id in any case', async () => {
    const seen = await update(ID.toUpperCase(), { name: 'Vega' });
    expect(seen.map(({ body }) => (body as Star).id)).toEqual([ID, ID]);
  });

  test('pass the idempotency key on, and the word that the answer is an old one', async () => {
    const headers = { 'Idempotency-Key': 'again' };
    const seen = [
      await overRest('POST', `/v1/stars/${ID}/sightings`, { place: 'here' }, headers),
      await overNats('report_sighting', { id: ID, place: 'here' }, headers),
    ];
    expect(seen.map(({ replayed }) => replayed)).toEqual(['true', 'true']);
    expect(seen[0]?.body).toEqual({ id: ID, name: 'here true', version: 1 });
    expect(seen[1]?.body).toEqual(seen[0]?.body);
  });
});

test('nobody chooses the address by which a call without credential is counted', async () => {
  await start(TEST_PRINCIPAL);
  const headers = { 'Bus-Source': '203.0.113.9', 'X-Forwarded-For': '203.0.113.9' };
  const seen = [
    await overRest('POST', '/v1/introductions', { place: 'here' }, headers),
    await overNats('introduce', { place: 'here' }, headers),
    await overNats('introduce', { place: 'here', address: '203.0.113.9' }, headers),
  ];
  expect(seen.map(({ body, code }) => (body as Star | undefined)?.name ?? code)).toEqual([
    '127.0.0.1',
    'nats:',
    'unknown_field',
  ]);
});

test('a caller without the scope is refused by both', async () => {
  await start({ ...TEST_PRINCIPAL, scopes: ['stars:read'] });
  expect((await update(ID, { name: 'Vega' })).map(({ code }) => code)).toEqual(['forbidden', 'forbidden']);
});

test('a caller that is limited to lists is refused unless the operation respects the limit', async () => {
  await start({ ...TEST_PRINCIPAL, listIds: [ID] });
  expect((await update(ID, { name: 'Vega' })).map(({ status }) => status)).toEqual([200, 200]);
  const seen = [
    await overRest('POST', `/v1/stars/${ID}/sightings`, { place: 'here' }),
    await overNats('report_sighting', { id: ID, place: 'here' }),
  ];
  expect(seen.map(({ status, code }) => [status, code])).toEqual([
    [403, 'forbidden'],
    [403, 'forbidden'],
  ]);
  // Also where another module calls on behalf of it.
  await expect(
    bus.request(stars.reportSighting, { id: ID, place: 'here' }, { principal, route: 'local-first' }),
  ).rejects.toMatchObject({ code: 'forbidden' });
});
