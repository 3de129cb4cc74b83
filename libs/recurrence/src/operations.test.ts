// Operations of recurrence over REST and over NATS: the same preconditions, rate classes and refusals.
import { connect, headers as natsHeaders, type NatsConnection } from '@nats-io/transport-node';
import { Bus, BusConnection } from '@mono/bus';
import { restController, serveApi, type RequestLimits } from '@mono/edge';
import { busInputReader, domainErrors, type Authenticator } from '@mono/platform';
import { startTestApplication, TEST_CREDENTIAL, type TestApplication } from '@mono/edge/testing';
import { serve } from '@mono/platform/testing';
import { pino } from 'pino';
import { startNats, type NatsProcess } from '../../../test/support/nats-process.ts';
import { occurrencesOperations, templatesOperations } from '../contract/index.js';
import { createRecurrenceWorld, dayAt, type RecurrenceWorld } from '../testing/recurrence-world.js';

const DAILY = { dtstart: dayAt(1, '09:00:00'), timezone: 'UTC', pattern: 'daily' as const };
const FIFTH = dayAt(5, '09:00:00');
const HORIZON = { generation_horizon_days: 30 };

const logger = pino({ level: 'silent' });
let nats: NatsProcess;
let client: NatsConnection;
let connection: BusConnection;
let bus: Bus;
let application: TestApplication;
let world: RecurrenceWorld;
let taken: string[];

beforeAll(async () => {
  nats = await startNats();
  client = await connect({ servers: nats.url });
  connection = new BusConnection({ url: nats.url, name: 'node', logger });
  connection.start();
  await new Promise<void>((connected) => void connection.onConnected(() => connected()));
  world = await createRecurrenceWorld();
  const { principal } = world.context;
  bus = new Bus({ connection, logger, secrets: ['the secret of tests'], errors: domainErrors, reader: busInputReader });
  for (const controller of world.controllers) serve(bus, controller);
  const limits = {
    take: (kind: string) => {
      taken.push(kind);
      return { allowed: true, limit: 9, remaining: 9, resetMs: 1, retryAfterMs: 0 };
    },
    authenticate: () => Promise.resolve(principal),
  } as unknown as RequestLimits;
  const contracts = [...Object.values(templatesOperations), ...Object.values(occurrencesOperations)];
  serveApi(bus, { contracts: contracts as never, authenticator: {} as Authenticator, logger, limits });
  bus.start();
  await connection.live?.flush();
  application = await startTestApplication({
    controllers: [restController(templatesOperations), restController(occurrencesOperations)],
    providers: [{ provide: Bus, useValue: bus }],
    principal,
    limits,
  });
});
beforeEach(() => {
  taken = [];
});
afterAll(async () => {
  await application?.close();
  await bus?.drain(1_000);
  await connection?.close();
  await client?.close();
  await nats?.stop();
  await world?.end();
});

type Seen = [status: number, code: string | undefined];

async function overRest(method: string, at: string, body?: object): Promise<Seen> {
  const answer = await fetch(application.url + at, {
    method,
    headers: { authorization: TEST_CREDENTIAL, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const { error } = (text === '' ? {} : JSON.parse(text)) as { error?: { code: string } };
  return [answer.status, error?.code];
}

async function overNats(name: string, body: object, given: Record<string, string> = {}): Promise<Seen> {
  const headers = natsHeaders();
  for (const [key, value] of Object.entries({ Authorization: TEST_CREDENTIAL, ...given })) headers.set(key, value);
  const answer = await client.request(`api.recurrence.${name}`, JSON.stringify(body), { headers, timeout: 60_000 });
  return [
    Number(answer.headers?.get('Nats-Service-Error-Code') || 200),
    answer.headers?.get('Nats-Service-Error') || undefined,
  ];
}

test.each(['this', 'following', 'all'] as const)(
  'a change over NATS with the ETag of a former version loses no update (%s)',
  async (scope) => {
    const { id } = await world.create(DAILY, HORIZON);
    await world.api.updateTemplate({ id, patch: { title: 'Other' } }, world.context);
    const named = { id, original_start: FIFTH, scope };
    const stale = { 'If-Match': '"1"' };
    const conflict = [412, 'version_conflict'];
    expect(await overNats('change_occurrence', { ...named, patch: { title: 'Mine' } }, stale)).toEqual(conflict);
    expect(await overNats('remove_occurrence', named, stale)).toEqual(conflict);
    expect(await overNats('remove_occurrence', named, { 'If-Match': '"2"' })).toEqual([200, undefined]);
  },
);

test('previews count as reads over REST and over NATS', async () => {
  const { id } = await world.create(DAILY, HORIZON);
  const patch = { title: 'Other' };
  expect(await overRest('POST', '/v1/recurrence/preview', { rule: DAILY })).toEqual([200, undefined]);
  expect(await overNats('preview', { rule: DAILY })).toEqual([200, undefined]);
  expect(await overRest('POST', `/v1/templates/${id}/diff`, patch)).toEqual([200, undefined]);
  expect(await overNats('diff_template', { id, patch })).toEqual([200, undefined]);
  expect(taken).toEqual(['reads', 'reads', 'reads', 'reads']);
});

test('a malformed id or original_start names nothing, over REST and over NATS', async () => {
  const { id } = await world.create(DAILY, HORIZON);
  const template = [404, 'template_not_found'];
  const occurrence = [404, 'occurrence_not_found'];
  const exception = [404, 'exception_not_found'];
  expect(await overRest('GET', '/v1/templates/plants')).toEqual(template);
  expect(await overNats('get_template', { id: 'plants' })).toEqual(template);
  expect(await overRest('PATCH', `/v1/templates/${id}/occurrences/monday`, { title: 'Mine' })).toEqual(occurrence);
  const named = { id, original_start: 'monday' };
  expect(await overNats('change_occurrence', { ...named, patch: { title: 'Mine' } })).toEqual(occurrence);
  expect(await overRest('DELETE', `/v1/templates/${id}/occurrences/monday`)).toEqual(occurrence);
  expect(await overNats('remove_occurrence', named)).toEqual(occurrence);
  expect(await overRest('DELETE', `/v1/templates/${id}/exceptions/monday`)).toEqual(exception);
  expect(await overNats('undo_exception', named)).toEqual(exception);
});
