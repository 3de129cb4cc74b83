// Compressed answers, seen through real HTTP: what is compressed, for whom, and how conditions go on working.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as rawRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { Controller, Get, Header, Patch, StreamableFile } from '@nestjs/common';
import type { CallContext } from '@mono/contract';
import { AnswersText, CallContextParam, IdParam, Public, RequireScope, routeOptions } from '@mono/platform';
import { until } from '../../../../test/support/until.ts';
import { startTestApplication, TEST_CREDENTIAL, type TestApplication } from '../testing/test-application.js';

const ID = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';
const LONG = 'Paint the fence, '.repeat(200).trim();
const FAULT = new Error('half-way');
const versionOf = (body: unknown): string => String((body as { version: number }).version);

let isClosed = false;

async function* rows({ count = 2_000, failAfter = -1, text = () => LONG } = {}): AsyncGenerator<string> {
  try {
    for (let row = 0; row < count; row += 1) {
      if (row === failAfter) throw FAULT;
      yield `${row},${text()}\n`;
    }
    await Promise.resolve();
  } finally {
    isClosed = true;
  }
}

function csv(pieces: AsyncGenerator<string>): StreamableFile {
  return new StreamableFile(Readable.from(pieces, { highWaterMark: 1 }), { type: 'text/csv; charset=utf-8' });
}

@Controller('v1/things')
class ThingsController {
  @Get('short')
  @RequireScope('things:read')
  short(): object {
    return { title: 'x' };
  }

  @Get('secret')
  @RequireScope('things:read')
  @routeOptions({ compress: false })
  secret(): object {
    return { key: LONG };
  }

  @Get('public')
  @Public()
  public(): object {
    return { key: LONG };
  }

  @Get('page')
  @RequireScope('things:read')
  @AnswersText('text/html')
  @Header('content-type', 'text/html')
  @Header('cache-control', 'no-store')
  page(): string {
    return LONG;
  }

  @Get('picture')
  @RequireScope('things:read')
  @AnswersText('image/png')
  @Header('content-type', 'image/png')
  picture(): string {
    return LONG;
  }

  @Get('rows')
  @RequireScope('things:read')
  @AnswersText('text/csv')
  rows(): StreamableFile {
    return csv(rows());
  }

  @Get('no-row')
  @RequireScope('things:read')
  @AnswersText('text/csv')
  noRow(): StreamableFile {
    return csv(rows({ failAfter: 0 }));
  }

  @Get('some-rows')
  @RequireScope('things:read')
  @AnswersText('text/csv')
  someRows(): StreamableFile {
    return csv(rows({ failAfter: 1_000, text: () => randomBytes(2_000).toString('hex') }));
  }

  @Get('endless')
  @RequireScope('things:read')
  @AnswersText('text/csv')
  endless(): StreamableFile {
    return csv(rows({ count: Number.POSITIVE_INFINITY }));
  }

  @Get(':id')
  @RequireScope('things:read')
  @routeOptions({ entityTag: versionOf })
  get(@IdParam('thing') id: string): object {
    return { id, version: 3, title: LONG };
  }

  @Patch(':id')
  @RequireScope('things:write')
  @routeOptions({ guarded: true, entityTag: versionOf })
  update(@CallContextParam() { expectedVersion }: CallContext): object {
    return { version: 4, expected: expectedVersion ?? null };
  }
}

let application: TestApplication;
let plain: TestApplication;
beforeAll(async () => {
  application = await startTestApplication({ controllers: [ThingsController] });
  plain = await startTestApplication({ controllers: [ThingsController], compress: false });
});
afterAll(async () => {
  await application?.close();
  await plain?.close();
});

async function send(
  path: string,
  headers: OutgoingHttpHeaders = {},
  { method = 'GET', url = application.url } = {},
): Promise<IncomingMessage> {
  const sent = { authorization: TEST_CREDENTIAL, ...headers };
  const [response] = (await once(
    rawRequest(`${url}/v1/things/${path}`, { method, headers: sent }).end(),
    'response',
  )) as [IncomingMessage];
  return response;
}

async function ask(...asked: Parameters<typeof send>) {
  const response = await send(...asked);
  return { status: response.statusCode, headers: response.headers, bytes: await buffer(response) };
}

const DECODE: Record<string, (bytes: Buffer) => Buffer> = {
  zstd: zstdDecompressSync,
  br: brotliDecompressSync,
  gzip: gunzipSync,
  identity: (bytes) => bytes,
};

test.each([
  [undefined, 'identity'],
  ['gzip', 'gzip'],
  ['br', 'br'],
  ['zstd', 'zstd'],
  ['gzip, deflate, br, zstd', 'zstd'],
  ['GZIP;q=1.0, zstd;q=0.5', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['gzip;q=0.5, identity', 'identity'],
  ['deflate, *', 'identity'],
  ['', 'identity'],
])('Accept-Encoding %s is answered in %s', async (accepted, encoding) => {
  const { status, headers, bytes } = await ask(ID, accepted === undefined ? {} : { 'accept-encoding': accepted });
  const isPlain = encoding === 'identity';
  expect([status, headers['content-encoding'], headers.vary]).toEqual([
    200,
    isPlain ? undefined : encoding,
    'Accept-Encoding',
  ]);
  expect(headers.etag).toBe(isPlain ? '"3"' : `"3.${encoding}"`);
  expect(Number(headers['content-length'])).toBe(bytes.length);
  expect(JSON.parse(String(DECODE[encoding]?.(bytes)))).toEqual({ id: ID, version: 3, title: LONG });
  expect(bytes.length < LONG.length / 4).toBe(!isPlain);
});

test.each([
  ['"3"', 304, '"3"'],
  ['"3.gzip"', 304, '"3.gzip"'],
  ['W/"3.br"', 304, '"3.br"'],
  ['"1", "3.zstd"', 304, '"3.zstd"'],
  ['*', 304, '"3"'],
  ['"2.gzip"', 200, '"3.gzip"'],
  ['"3.deflate"', 200, '"3.gzip"'],
  ['"13.gzip"', 200, '"3.gzip"'],
])('If-None-Match: %s is answered with %d', async (tag, status, etag) => {
  const answer = await ask(ID, { 'if-none-match': tag, 'accept-encoding': 'gzip' });
  expect([answer.status, answer.headers.etag]).toEqual([status, etag]);
  expect(answer.headers['content-encoding']).toBe(status === 304 ? undefined : 'gzip');
});

test.each(['"3"', '"3.gzip"', '"3.br"', '"3.zstd"'])('If-Match: %s requires the version', async (tag) => {
  const { bytes } = await ask(ID, { 'if-match': tag, 'content-length': 0 }, { method: 'PATCH' });
  expect(JSON.parse(String(bytes))).toEqual({ version: 4, expected: 3 });
});

test.each(['short', 'secret', 'public', 'page', 'picture'])('an answer that is %s stays as it is', async (path) => {
  const { status, headers } = await ask(path, { 'accept-encoding': 'br, gzip' });
  expect([status, headers['content-encoding'], headers.vary]).toEqual([200, undefined, undefined]);
});

test('HEAD is answered like GET without an encoding', async () => {
  const { status, headers, bytes } = await ask(ID, { 'accept-encoding': 'br' }, { method: 'HEAD' });
  expect([status, headers.etag, headers.vary, bytes.length]).toEqual([200, '"3"', 'Accept-Encoding', 0]);
});

test('nothing is compressed where that is switched off', async () => {
  const { headers } = await ask(ID, { 'accept-encoding': 'gzip' }, { url: plain.url });
  expect([headers['content-encoding'], headers.etag, headers.vary]).toEqual([undefined, '"3"', undefined]);
});

describe.each(['zstd', 'br', 'gzip'])('a stream as %s', (encoding) => {
  const accepting = { 'accept-encoding': encoding };
  beforeEach(() => {
    isClosed = false;
  });

  test('arrives whole and small', async () => {
    const { headers, bytes } = await ask('rows', accepting);
    expect([headers['content-encoding'], headers['transfer-encoding']]).toEqual([encoding, 'chunked']);
    const lines = String(DECODE[encoding]?.(bytes)).trimEnd().split('\n');
    expect([lines.length, lines.at(-1)]).toEqual([2_000, `1999,${LONG}`]);
    expect(bytes.length).toBeLessThan((LONG.length * 2_000) / 20);
  });

  test('that fails before its first byte is an error that can be read', async () => {
    const { status, headers, bytes } = await ask('no-row', accepting);
    expect([status, headers['content-encoding']]).toEqual([500, undefined]);
    expect(JSON.parse(String(bytes))).toMatchObject({ error: { code: 'internal_error' } });
  });

  // Random text hardly shrinks, so that some of it has left by then.
  test('that fails half-way breaks its connection', async () => {
    await expect(ask('some-rows', accepting)).rejects.toThrow('aborted');
    expect(isClosed).toBe(true);
  });

  test('whose client leaves is not read on', async () => {
    const response = await send('endless', accepting);
    response.destroy();
    expect(await until('the source is closed', () => isClosed)).toBe(true);
  });
});
