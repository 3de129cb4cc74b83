// The operators' view of a node: health, metrics, the log of requests.
import { request } from 'node:http';
import { Controller, Get } from '@nestjs/common';
import { until } from '../../../../test/support/until.ts';
import { Health, createLogger, Metrics, IdParam, RequireScope, type Component } from '@mono/platform';
import { TEST_PRINCIPAL } from '@mono/platform/testing';
import { startTestApplication, TEST_CREDENTIAL, type TestApplication } from '../testing/test-application.js';
import { addOperationalRoutes, type Operations } from './operational-routes.js';

const ID = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';
const slow = { begun: 0, mayEnd: Promise.withResolvers<void>() };

@Controller('v1/things')
class ThingsController {
  @Get('slow')
  @RequireScope(null)
  async answerLate(): Promise<object> {
    slow.begun += 1;
    await slow.mayEnd.promise;
    return { done: true };
  }

  @Get(':id')
  @RequireScope(null)
  get(@IdParam('thing') id: string): object {
    return { id };
  }
}

describe('a node’s operator', () => {
  const up = { database: true, bus: true };
  const components: Component[] = [
    { name: 'database', required: true, isUp: () => up.database },
    { name: 'bus', required: false, isUp: () => Promise.resolve(up.bus) },
  ];
  const running: TestApplication[] = [];
  let log = '';
  let health: Health;
  let metrics: Metrics;

  async function start(metricsAccess: Operations['metricsAccess'] = 'open', sharedMs = 0): Promise<TestApplication> {
    const logger = createLogger({ level: 'info', format: 'json', to: { write: (line: string) => (log += line) } });
    health = new Health(components);
    metrics = new Metrics();
    const application = await startTestApplication({
      controllers: [ThingsController],
      prepare: (server) => addOperationalRoutes(server, { health, metrics, logger, metricsAccess, sharedMs }),
    });
    running.push(application);
    return application;
  }
  beforeEach(() => {
    Object.assign(up, { database: true, bus: true });
    log = '';
  });
  afterEach(async () => {
    slow.mayEnd.resolve();
    await Promise.all(running.splice(0).map((application) => application.close()));
    slow.mayEnd = Promise.withResolvers();
  });

  test('sees a node that starts, serves, loses the bus, loses the database, and drains', async () => {
    const { url } = await start();
    const both = { database: 'up', bus: 'up' };
    expect(await ready(url)).toEqual([503, { status: 'starting', components: both }]);
    health.state = 'ready';
    expect(await ready(url)).toEqual([200, { status: 'ready', components: both }]);
    up.bus = false;
    expect(await ready(url)).toEqual([200, { status: 'degraded', components: { database: 'up', bus: 'down' } }]);
    up.database = false;
    expect(await ready(url)).toEqual([503, { status: 'unavailable', components: { database: 'down', bus: 'down' } }]);
    Object.assign(up, { database: true, bus: true });
    health.state = 'draining';
    expect(await ready(url)).toEqual([503, { status: 'draining', components: both }]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test('costs the components one look, however many callers ask at once', async () => {
    let looks = 0;
    components.push({ name: 'counted', required: false, isUp: () => (looks += 1) > 0 });
    try {
      const { url } = await start('open', 60_000);
      let scrapes = 0;
      metrics.gauge('counted', 'Counted.', () => (scrapes += 1));
      health.state = 'ready';
      for (let turn = 0; turn < 20; turn += 1) await Promise.all([ready(url), fetch(`${url}/metrics`)]);
      expect([looks, scrapes]).toEqual([1, 1]);
      health.state = 'draining';
      expect((await ready(url))[0]).toBe(503);
      expect(looks).toBe(2);
    } finally {
      components.pop();
    }
  });

  test('finds a component that fails or never answers to be down', async () => {
    const broken = new Health([
      { name: 'failing', required: false, isUp: () => Promise.reject(new Error('no')) },
      { name: 'throwing', required: false, isUp: () => JSON.parse('no') as boolean },
      { name: 'silent', required: false, isUp: () => new Promise<boolean>(() => undefined) },
    ]);
    broken.state = 'ready';
    expect(await broken.readiness()).toEqual({
      status: 'degraded',
      components: { failing: 'down', throwing: 'down', silent: 'down' },
    });
  });

  test('counts requests by the route’s template, whatever clients ask for', async () => {
    const { url } = await start();
    const authorized = { headers: { authorization: TEST_CREDENTIAL } };
    await fetch(`${url}/v1/things/${ID}`, authorized);
    await fetch(`${url}/v1/nowhere/${ID}`, authorized);
    await fetch(`${url}/v1/things/${ID}`);
    const text = await until('all three are counted', async () => {
      const body = await (await fetch(`${url}/metrics`)).text();
      return body.includes('status="401"') && body.includes('status="404"') && body;
    });
    expect(text).toContain('http_request_duration_seconds_count{method="GET",route="/v1/things/:id",status="200"} 1');
    expect(text).toContain('http_request_duration_seconds_count{method="GET",route="/v1/things/:id",status="401"} 1');
    expect(text).toContain('http_request_duration_seconds_count{method="GET",route="other",status="404"} 1');
    expect(text).not.toContain(ID);
  });

  test('gets the other metrics when one cannot be read', async () => {
    const { url } = await start();
    metrics.gauge('works', 'Works.', () => 7);
    metrics.gauge('away', 'Away.', () => Promise.reject(new Error('the database is away')));
    metrics.gauges('by_colour', 'By colour.', 'colour', () => Promise.resolve({ red: 2 }));
    const answer = await fetch(`${url}/metrics`);
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).toMatch(/^works 7$/m);
    expect(text).toMatch(/^by_colour\{colour="red"\} 2$/m);
    expect(text).toMatch(/^event_loop_delay_p99_seconds /m);
  });

  test('guards metrics by user and password, or turns them off', async () => {
    const { url } = await start({ user: 'prometheus', password: 'päss' });
    const answers = [undefined, 'prometheus:wrong', 'prometheus:päss'].map(async (pair) => {
      const headers = pair === undefined ? {} : { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
      const { status, headers: sent } = await fetch(`${url}/metrics`, { headers });
      return [status, sent.get('www-authenticate')];
    });
    const refused = [401, expect.stringContaining('Basic')];
    expect(await Promise.all(answers)).toEqual([refused, refused, [200, null]]);
    const off = await start('off');
    expect((await fetch(`${off.url}/metrics`)).status).toBe(404);
  });

  test('finds one line per request in the log, without the credential', async () => {
    const { url } = await start();
    await fetch(`${url}/v1/things/${ID}`, {
      headers: { authorization: TEST_CREDENTIAL, 'x-request-id': 'mine' },
    });
    await fetch(`${url}/healthz`);
    const line = await until('the request is logged', () => log.split('\n').find((text) => text.includes('request')));
    expect(JSON.parse(line)).toMatchObject({
      level: expect.anything() as unknown,
      request_id: 'mine',
      method: 'GET',
      route: '/v1/things/:id',
      status: 200,
      ms: expect.any(Number) as unknown,
      key_id: TEST_PRINCIPAL.id,
      workspace_id: TEST_PRINCIPAL.workspaceId,
      msg: 'request',
    });
    expect(JSON.parse(line)).not.toHaveProperty('path');
    expect(log).not.toContain(TEST_CREDENTIAL);
    expect(log).not.toContain('healthz');
  });

  test('finds the path of a 404 in the log, without the query and anything that may be a secret', async () => {
    const { url } = await start();
    await fetch(`${url}/v1/thinks/${ID}/${'s'.repeat(43)}?token=secret`);
    const line = await until('the request is logged', () => log.split('\n').find((text) => text.includes('thinks')));
    expect(JSON.parse(line)).toMatchObject({ status: 404, path: `/v1/thinks/${ID}/…` });
    expect(log).not.toContain('token=secret');
  });

  test('sees what is in flight end when the node closes, and nothing begin after it', async () => {
    const application = await start();
    const { url } = application;
    const begun = slow.begun;
    const answer = fetch(`${url}/v1/things/slow`, { headers: { authorization: TEST_CREDENTIAL } });
    await until('the request is under way', () => slow.begun > begun);
    const closed = application.close();
    await until('nobody else is let in', () => isRefused(url));
    slow.mayEnd.resolve();
    expect(await (await answer).json()).toEqual({ done: true });
    await closed;
  });
});

async function ready(url: string): Promise<[number, unknown]> {
  const answer = await fetch(`${url}/readyz`);
  return [answer.status, await answer.json()];
}

/** On a connection of its own: one that is kept alive may still be served. */
function isRefused(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const attempt = request(`${url}/healthz`, { agent: false }, (answer) => {
      answer.resume();
      resolve(false);
    });
    attempt.on('error', () => resolve(true));
    attempt.end();
  });
}
