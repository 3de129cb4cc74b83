// One trace through the whole house, as a collector receives it: over HTTP into one process, over NATS into another.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInstallation, type Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

interface Span {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
  status: { code?: number };
}

interface Export {
  resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
}

const SERVER_KIND = 2;
const CLIENT_KIND = 3;
const PRODUCER_KIND = 4;
const CONSUMER_KIND = 5;
const ERROR = 2;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';

describe('tracing', () => {
  const spans: Span[] = [];
  let collector: Server;
  let installation: Installation;
  let server: ServerProcess;

  beforeAll(async () => {
    collector = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as Export;
        spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => {
      collector.listen(0, '127.0.0.1', resolve);
    });
    const { port } = collector.address() as AddressInfo;
    installation = await createInstallation('one process per module');
    server = await installation.startServer({
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, LOG_LEVEL: 'info' },
    });
  });
  afterAll(async () => {
    await installation.end();
    collector.close();
  });

  const find = (traceId: string, kind: number, name: RegExp): Promise<Span> =>
    until(`a span ${name} of the kind ${kind}`, () =>
      spans.find((span) => span.traceId === traceId && span.kind === kind && name.test(span.name)),
    );

  test('a request goes on in the trace of its caller, in every process that it passes', async () => {
    const traced = { traceparent: `00-${TRACE}-${CALLER}-01`, 'x-request-id': 'traced-1' };
    expect((await server.api.post('/v1/lists', { title: 'Traced' }, traced)).status).toBe(201);
    const edge = await find(TRACE, SERVER_KIND, /^POST \/v1\/lists$/);
    const asked = await find(TRACE, CLIENT_KIND, /^services\.tasks\.create_list$/);
    const handled = await find(TRACE, SERVER_KIND, /^services\.tasks\.create_list$/);
    expect([edge.parentSpanId, asked.parentSpanId, handled.parentSpanId]).toEqual([CALLER, edge.spanId, asked.spanId]);
    expect(handled.attributes).toContainEqual({ key: 'mono.request_id', value: { stringValue: 'traced-1' } });
    expect(edge.attributes).toContainEqual({ key: 'http.response.status_code', value: { intValue: 201 } });
  });

  test('an event goes on in the trace of what caused it, through the outbox to its consumer', async () => {
    const trace = TRACE.replace('4b', '8f');
    const traced = { traceparent: `00-${trace}-${CALLER}-01` };
    const made = await server.api.post('/v1/api-keys', { name: 'Traced', scopes: ['tasks:read'] }, traced);
    expect(made.status).toBe(201);
    const published = await find(trace, PRODUCER_KIND, /^events\.auth\.v1\.api_key_created$/);
    const heard = await find(trace, CONSUMER_KIND, /^events\.auth\.v1\.api_key_created$/);
    expect(heard.parentSpanId).toBe(published.spanId);
  });

  test('an event on its way to its stream has a span', async () => {
    const span = await until('the event of the list', () =>
      spans.find(({ kind, name }) => kind === PRODUCER_KIND && name.startsWith('events.tasks.v1.list')),
    );
    expect(span.attributes).toContainEqual({ key: 'messaging.message.id', value: { stringValue: expect.any(String) } });
  });

  test('what a caller did wrong is an answer, not an error of the trace', async () => {
    const trace = TRACE.replace('4b', '5c');
    await server.api.get(`/v1/lists/01890000-0000-7000-8000-000000000000`, { traceparent: `00-${trace}-${CALLER}-01` });
    const handled = await find(trace, SERVER_KIND, /^services\.tasks\.get_list$/);
    expect(handled.status.code).not.toBe(ERROR);
    expect(handled.attributes).toContainEqual({ key: 'error.type', value: { stringValue: 'list_not_found' } });
  });

  test('a trace that its caller does not record is not recorded here', async () => {
    const trace = TRACE.replace('4b', '6d');
    await server.api.get('/v1/lists', { traceparent: `00-${trace}-${CALLER}-00` });
    const later = TRACE.replace('4b', '7e');
    await server.api.get('/v1/lists', { traceparent: `00-${later}-${CALLER}-01` });
    await find(later, SERVER_KIND, /^GET \/v1\/lists$/);
    expect(spans.filter(({ traceId }) => traceId === trace)).toEqual([]);
  });

  test('the log names the trace', async () => {
    const line = `"trace_id":"${TRACE}"`;
    await until('the line is in the log', () => server.output().includes(line));
    expect(server.output()).toContain(line);
  });

  test('a collector that goes away takes nothing with it', async () => {
    collector.closeAllConnections();
    await new Promise((resolve) => {
      collector.close(resolve);
    });
    expect((await server.api.get('/v1/lists')).status).toBe(200);
    expect(await server.stop()).toBe(0);
  });
});
