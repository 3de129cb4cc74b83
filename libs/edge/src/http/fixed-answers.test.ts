// A large document that stays the same is made, hashed and compressed once.
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { keepAnswers } from './fixed-answers.js';

const DOCUMENT = JSON.stringify(Array.from({ length: 10_000 }, (_, n) => ({ n })));

let server: FastifyInstance;
let made: number;
beforeEach(() => {
  made = 0;
  server = Fastify();
  keepAnswers(server, (path) => path === '/document' || path === '/broken');
  server.get('/document', (_request, reply) => {
    made += 1;
    return reply.type('application/json').send(DOCUMENT);
  });
  server.get('/broken', (_request, reply) => reply.code(503).send('later'));
  server.get('/other', (_request, reply) => reply.send('other'));
});
afterEach(() => server.close());

function get(headers: Record<string, string> = {}, url = '/document') {
  return server.inject({ url, headers });
}

test.each([
  [undefined, undefined],
  ['gzip, deflate, br', 'br'],
  ['GZIP;q=0.5', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['br;q=0.0', undefined],
  ['*', undefined],
])('by Accept-Encoding %s it comes as %s, each time', async (accepted, encoding) => {
  for (let turn = 0; turn < 3; turn += 1) {
    const answer = await get(accepted === undefined ? {} : { 'accept-encoding': accepted });
    const { headers, rawPayload: raw } = answer;
    expect([answer.statusCode, headers['content-encoding'], headers.vary]).toEqual([200, encoding, 'Accept-Encoding']);
    expect([headers['content-type'], Number(headers['content-length'])]).toEqual([
      'application/json; charset=utf-8',
      raw.length,
    ]);
    const plain = encoding === 'br' ? brotliDecompressSync(raw) : encoding === 'gzip' ? gunzipSync(raw) : raw;
    expect(plain.toString()).toBe(DOCUMENT);
  }
  expect(made).toBe(1);
});

test('it comes smaller by far', async () => {
  const { rawPayload } = await get({ 'accept-encoding': 'br' });
  expect(rawPayload.length).toBeLessThan(DOCUMENT.length / 4);
});

test('who has it is told so, by the tag of any encoding', async () => {
  const tags = [];
  for (const accepted of ['br', 'gzip', 'identity'])
    tags.push((await get({ 'accept-encoding': accepted })).headers.etag);
  expect(new Set(tags).size).toBe(3);
  for (const tag of [...tags, `"x", ${tags[1]}`, '*']) {
    const answer = await get({ 'if-none-match': String(tag), 'accept-encoding': 'br' });
    expect([answer.statusCode, answer.body, answer.headers['content-encoding']]).toEqual([304, '', undefined]);
  }
  expect((await get({ 'if-none-match': '"x"' })).statusCode).toBe(200);
});

test('HEAD tells the same without a body, and makes nothing anew', async () => {
  const { etag } = (await get()).headers;
  const { statusCode, body, headers } = await server.inject({ method: 'HEAD', url: '/document' });
  expect([statusCode, body, headers['content-length'], headers.etag]).toEqual([200, '', String(DOCUMENT.length), etag]);
  expect(made).toBe(1);
});

test('what fails is not kept, and other routes are left alone', async () => {
  expect((await get({}, '/broken')).statusCode).toBe(503);
  expect((await get({}, '/broken')).headers.etag).toBeUndefined();
  const other = await get({ 'accept-encoding': 'br' }, '/other');
  expect([other.body, other.headers.etag]).toEqual(['other', undefined]);
});
