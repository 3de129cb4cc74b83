// Attempts to receivers that accept, misbehave or fail, over real sockets.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { resolve } from 'node:path';
import tls from 'node:tls';
import { generate } from 'selfsigned';
import { until } from '../../../../test/support/until.ts';
import {
  attemptTo,
  FakeResolver,
  listen,
  makeSender,
  SECRET,
  startRawReceiver,
  startReceiver,
  textOf,
  type Receiver,
} from './testing/receivers.js';
import { USER_AGENT } from './webhook-sender.js';

/** For attempts that must time out. */
const SHORT_SECONDS = 0.4;
const RECEIVERS: Receiver[] = [];

afterEach(async () => {
  for (const receiver of RECEIVERS.splice(0)) await receiver.close();
});

async function ending(starting: Promise<Receiver>): Promise<Receiver> {
  const receiver = await starting;
  RECEIVERS.push(receiver);
  return receiver;
}

const receiver = (...options: Parameters<typeof startReceiver>) => ending(startReceiver(...options));
const rawReceiver = (...options: Parameters<typeof startRawReceiver>) => ending(startRawReceiver(...options));
const answering = (bytes: string | Buffer) => rawReceiver((socket) => socket.end(bytes));

const urlOf = ({ port }: Receiver, path = '/hooks?token=hidden') => `http://127.0.0.1:${port}${path}`;

describe('an attempt', () => {
  test('is a signed POST, and its outcome has status and body of the answer', async () => {
    const received: { method?: string | undefined; url?: string | undefined; body: string }[] = [];
    let headers: NodeJS.Dict<string | string[]> = {};
    const store = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      received.push({ method: request.method, url: request.url, body: await textOf(request) });
      response.writeHead(201).end('stored');
    };
    const { port } = await receiver((request, response) => {
      ({ headers } = request);
      void store(request, response);
    });
    const attempt = attemptTo(`http://127.0.0.1:${port}/hooks?token=a%20b`);
    const outcome = await makeSender().send(attempt);
    expect(outcome).toEqual({ kind: 'answered', status: 201, bodyStart: 'stored', durationMs: expect.any(Number) });
    expect(received).toEqual([{ method: 'POST', url: '/hooks?token=a%20b', body: attempt.body }]);
    const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
    const seconds = Math.floor(attempt.timestamp.getTime() / 1_000);
    const signature = createHmac('sha256', key).update(`msg_1.${seconds}.${attempt.body}`).digest('base64');
    expect(headers).toEqual({
      host: `127.0.0.1:${port}`,
      connection: 'close',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(attempt.body)),
      'user-agent': USER_AGENT,
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(seconds),
      'webhook-signature': `v1,${signature}`,
    });
  });

  test('names the version of the package', () => {
    const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8')) as {
      version: string;
    };
    expect(USER_AGENT).toBe(`Mono-Webhooks/${version}`);
  });

  test('keeps no connection', async () => {
    const one = await receiver((_request, response) => response.end());
    for (let count = 0; count < 3; count += 1) await makeSender().send(attemptTo(urlOf(one)));
    await one.idle();
    expect(one.connections).toBe(3);
  });

  test('follows no redirect', async () => {
    const inside = await receiver((_request, response) => response.end('secret'));
    const outside = await receiver((_request, response) => response.writeHead(307, { location: urlOf(inside) }).end());
    expect(await makeSender().send(attemptTo(urlOf(outside)))).toMatchObject({ kind: 'answered', status: 307 });
    expect(inside.connections).toBe(0);
  });

  test('reads only the beginning of an endless answer', async () => {
    const endless = await rawReceiver((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const more = (): void => {
        while (!socket.destroyed && socket.write('x'.repeat(1_024)));
      };
      socket.on('drain', more);
      more();
    });
    const outcome = await makeSender().send(attemptTo(urlOf(endless)));
    expect(outcome).toMatchObject({ kind: 'answered', status: 200, bodyStart: 'x'.repeat(4_096) });
    await endless.idle();
  });

  test('has the status of an answer whose body does not come', async () => {
    const slow = await rawReceiver((socket) => socket.write('HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\nhalf'));
    const outcome = await makeSender({ timeoutSeconds: SHORT_SECONDS }).send(attemptTo(urlOf(slow)));
    expect(outcome).toMatchObject({ kind: 'answered', status: 202, bodyStart: 'half' });
    await slow.idle();
  });

  test('keeps of any bytes what PostgreSQL can store', async () => {
    const bytes = Buffer.concat([
      Buffer.from('HTTP/1.1 500 Oops\r\nContent-Encoding: gzip\r\n\r\n'),
      Buffer.of(65, 0, 255, 66),
    ]);
    const outcome = await makeSender().send(attemptTo(urlOf(await answering(bytes))));
    expect(outcome).toMatchObject({ status: 500, bodyStart: 'A\uFFFD\uFFFDB' });
  });

  test.each([
    ['7', 7_000],
    ['soon', undefined],
    ['-1', undefined],
    ['Thu, 01 Jan 1970 00:00:00 GMT', undefined],
  ])('with Retry-After: %s', async (value, retryAfterMs) => {
    const busy = await receiver((_request, response) => response.writeHead(503, { 'retry-after': value }).end());
    const outcome = await makeSender().send(attemptTo(urlOf(busy)));
    expect(outcome).toEqual({
      kind: 'answered',
      status: 503,
      bodyStart: '',
      durationMs: expect.any(Number),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  });

  test('ends with the signal, and leaves no connection', async () => {
    const silent = await receiver(() => undefined);
    const stopping = new AbortController();
    const sending = makeSender().send(attemptTo(urlOf(silent)), stopping.signal);
    await until('the request has arrived', () => silent.connections === 1);
    stopping.abort(new Error('The node stops.'));
    await expect(sending).rejects.toThrow('The node stops.');
    await silent.idle();
    await expect(makeSender().send(attemptTo(urlOf(silent)), stopping.signal)).rejects.toThrow('The node stops.');
    expect(silent.connections).toBe(1);
  });
});

async function failureOf(url: string, sender = makeSender()): Promise<unknown> {
  const outcome = await sender.send(attemptTo(url));
  expect(JSON.stringify(outcome)).not.toMatch(/hidden|whsec_/);
  expect(outcome).toMatchObject({ kind: 'failed', durationMs: expect.any(Number), message: expect.any(String) });
  return outcome.kind === 'failed' ? outcome.reason : undefined;
}

describe('a failure has its reason, and shows neither the URL nor the secret:', () => {
  test('a receiver that does not answer', async () => {
    const silent = await receiver(() => undefined);
    expect(await failureOf(urlOf(silent), makeSender({ timeoutSeconds: SHORT_SECONDS }))).toBe('timeout');
    await silent.idle();
  });

  test('a name server that does not answer', async () => {
    const resolver = { resolve: () => new Promise<string[]>(() => undefined) };
    const sender = makeSender({ timeoutSeconds: SHORT_SECONDS, resolver });
    expect(await failureOf('http://example.com/?hidden', sender)).toBe('timeout');
  });

  test('a name that does not exist', async () => {
    const missing = Object.assign(new Error('queryA ENOTFOUND hidden.example.com'), { code: 'ENOTFOUND' });
    const sender = makeSender({ resolver: new FakeResolver([missing]) });
    expect(await failureOf('http://hidden.example.com/', sender)).toBe('dns');
    expect(await failureOf('http://example.com/', makeSender({ resolver: new FakeResolver([[]]) }))).toBe('dns');
  });

  test('a port where nobody listens', async () => {
    const gone = await startReceiver(() => undefined);
    await gone.close();
    expect(await failureOf(urlOf(gone))).toBe('connection');
  });

  test.each([
    ['nothing', '', 'connection'],
    ['half of an answer', 'HTTP/1.1 200 OK\r\nContent-', 'connection'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'invalid_response'],
    ['huge headers', `HTTP/1.1 200 OK\r\nX-Huge: ${'a'.repeat(20_000)}\r\n\r\n`, 'too_large'],
    [
      'another protocol by agreement',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: raw\r\nConnection: upgrade\r\n\r\n',
      'invalid_response',
    ],
  ])('a receiver that answers %s', async (_what, bytes, reason) => {
    expect(await failureOf(urlOf(await answering(bytes)))).toBe(reason);
  });

  test('a URL that is no longer allowed', async () => {
    expect(await failureOf('http://example.com/?hidden', makeSender({ environment: 'prod' }))).toBe('refused_url');
  });
});

describe('over TLS', () => {
  let secure: Receiver;
  let certificate: string;
  const accepted: string[] = [];
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  const authorities = tls.getCACertificates('default');

  beforeAll(async () => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'receiver.example' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'receiver.example' }] },
      ],
    });
    certificate = cert;
    secure = await listen(
      createSecureServer({ cert, key }, (request, response) => {
        accepted.push((request.socket as tls.TLSSocket & { servername?: string }).servername ?? '');
        response.end('safe');
      }),
    );
  });
  afterEach(() => {
    tls.setDefaultCACertificates(authorities);
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
  });
  afterAll(() => secure?.close());

  const resolver = new FakeResolver([['127.0.0.1']]);
  const send = (host: string) => makeSender({ resolver }).send(attemptTo(`https://${host}:${secure.port}/`));

  test('a receiver with a trusted certificate is reached by its name', async () => {
    tls.setDefaultCACertificates([...authorities, certificate]);
    expect(await send('receiver.example.')).toMatchObject({ kind: 'answered', status: 200, bodyStart: 'safe' });
    expect(accepted).toEqual(['receiver.example']);
  });

  test('a certificate of another name is refused', async () => {
    tls.setDefaultCACertificates([...authorities, certificate]);
    expect(await send('other.example')).toMatchObject({ kind: 'failed', reason: 'tls' });
    expect(await send('127.0.0.1')).toMatchObject({ kind: 'failed', reason: 'tls' });
  });

  test('an untrusted certificate is refused, whatever the environment says', async () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    expect(await send('receiver.example')).toMatchObject({ kind: 'failed', reason: 'tls' });
    expect(accepted).toHaveLength(1);
  });

  test('a receiver without TLS is refused', async () => {
    const plain = await receiver((_request, response) => response.end());
    const outcome = await makeSender().send(attemptTo(`https://127.0.0.1:${plain.port}/`));
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'tls' });
  });
});

describe('a subscription', () => {
  test('is refused by the field url', () => {
    const sender = makeSender({ allowPrivate: false });
    expect(() => sender.requireAcceptableUrl('http://127.0.0.1/')).toThrow(
      expect.objectContaining({
        code: 'validation_error',
        details: [
          { field: 'url', code: 'wrong_format', issue: 'must have a public host, not a private or reserved one' },
        ],
      }),
    );
    expect(() => sender.requireAcceptableUrl('http://example.com/')).not.toThrow();
  });

  test('needs https in prod, unless the operator allows http', () => {
    const url = 'http://example.com/';
    expect(() => makeSender({ environment: 'prod' }).requireAcceptableUrl(url)).toThrow('must be an https URL');
    expect(() => makeSender({ environment: 'prod', allowHttp: true }).requireAcceptableUrl(url)).not.toThrow();
    expect(() => makeSender({ environment: 'qa' }).requireAcceptableUrl(url)).not.toThrow();
  });
});
