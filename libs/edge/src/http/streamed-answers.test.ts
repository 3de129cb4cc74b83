// An answer of either of two media types, one of them piece by piece, seen through real HTTP.
import { once } from 'node:events';
import { request as rawRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Controller, Get, Req, StreamableFile } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { until } from '../../../../test/support/until.ts';
import { JSON_TYPE, prefers, AlsoAnswers, RequireScope } from '@mono/platform';
import { startTestApplication, TEST_CREDENTIAL, type TestApplication } from '../testing/test-application.js';

const PIECE = 'x'.repeat(64 * 1024);
const ENOUGH = 1_000;
const FAULT = new Error('half-way');

/** How many pieces were asked for. */
let asked = 0;
let isClosed = false;

async function* endless(): AsyncGenerator<string> {
  try {
    for (asked = 1; asked < ENOUGH; asked += 1) yield PIECE;
    await Promise.resolve();
  } finally {
    isClosed = true;
  }
}

async function* broken(): AsyncGenerator<string> {
  yield PIECE;
  await Promise.resolve();
  throw FAULT;
}

function fileOf(pieces: AsyncGenerator<string>): StreamableFile {
  return new StreamableFile(Readable.from(pieces, { highWaterMark: 1 }), { type: 'text/csv' });
}

@Controller('v1/things')
class ThingsController {
  @Get()
  @RequireScope('things:read')
  @AlsoAnswers('text/csv')
  find(@Req() { headers }: FastifyRequest): object {
    return prefers(headers.accept, 'text/csv', JSON_TYPE) ? fileOf(endless()) : {};
  }

  @Get('broken')
  @RequireScope('things:read')
  broken(): object {
    return fileOf(broken());
  }
}

let application: TestApplication;
beforeAll(async () => {
  application = await startTestApplication({ controllers: [ThingsController] });
});
beforeEach(() => {
  asked = 0;
  isClosed = false;
});
afterAll(() => application?.close());

async function ask(path: string, accept: string, method = 'GET'): Promise<IncomingMessage> {
  const headers = { authorization: TEST_CREDENTIAL, accept };
  const request = rawRequest(`${application.url}/v1/things${path}`, { method, headers }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

test.each([
  ['text/csv', 'text/csv'],
  ['text/csv, application/json;q=0.9', 'text/csv'],
  ['application/json, text/csv', 'application/json; charset=utf-8'],
  ['*/*', 'application/json; charset=utf-8'],
])('Accept: %s is answered with %s, and caches are told that it depends', async (accept, type) => {
  const response = await ask('', accept);
  response.destroy();
  expect(response.statusCode).toBe(200);
  expect(response.headers['content-type']).toBe(type);
  expect(response.headers.vary?.split(', ')).toContain('Accept');
});

test('what is neither of the two is not acceptable', async () => {
  const response = await ask('', 'text/html');
  response.resume();
  expect(response.statusCode).toBe(406);
});

test('a client that reads slowly is waited for, and one that leaves ends the work', async () => {
  const response = await ask('', 'text/csv');
  response.pause();
  let before = -1;
  await until('nothing more is asked for', () => {
    const isStill = asked === before;
    before = asked;
    return isStill;
  });
  expect(asked).toBeLessThan(ENOUGH / 2);
  response.destroy();
  await until('the work ends', () => isClosed);
  expect(asked).toBeLessThan(ENOUGH / 2);
});

test('HEAD reads nothing of it', async () => {
  const response = await ask('', 'text/csv', 'HEAD');
  response.resume();
  await once(response, 'end');
  expect([response.statusCode, asked]).toEqual([200, 0]);
});

test('what breaks half-way breaks the connection, and is told to the operator', async () => {
  const response = await ask('/broken', '*/*');
  response.resume();
  await expect(once(response, 'end')).rejects.toThrow('aborted');
  await until('the fault is told', () => application.failures.length > 0);
  expect(application.failures).toEqual([FAULT]);
});
