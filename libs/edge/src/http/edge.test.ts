// The conventions of every route, seen through real HTTP.
import { request as rawRequest, type IncomingMessage } from 'node:http';
import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import {
  type CallContext,
  type Replayable,
  NotFoundError,
  IntegerField,
  ObjectField,
  ObjectsField,
  TextField,
  MergePatch,
} from '@mono/contract';
import { CallContextParam, IdParam, Replays, RequireScope, routeOptions } from '@mono/platform';
import { TEST_PRINCIPAL } from '@mono/platform/testing';
import { startTestApplication, TEST_CREDENTIAL, type TestApplication } from '../testing/test-application.js';

class Part {
  @TextField({ description: 'Its name.', max: 10, min: 1 })
  name: string;
}

class Thing {
  @TextField({ description: 'Its title.', max: 10, min: 1 })
  title: string;

  @IntegerField({ description: 'How many.', min: 0, max: 9, optional: true })
  count?: number;

  @ObjectField(() => Part, { description: 'The main part.', optional: true })
  main?: Part;

  @ObjectsField(() => Part, { description: 'The others.', optional: true, minItems: 0, maxItems: 3 })
  parts?: Part[];
}

@MergePatch()
class ThingPatch {
  @TextField({ description: 'Its title.', max: 10, min: 1, optional: true })
  title?: string;
}

class ThingQuery {
  @IntegerField({ description: 'How many.', min: 1, max: 5, optional: true, fromQuery: true })
  limit?: number;
}

const ID = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';
const SECRET = 'the inside of the server';

const versionOf = (body: unknown): string => String((body as { version: number }).version);

@Controller('v1/things')
class ThingsController {
  @Post()
  @RequireScope('things:write')
  @HttpCode(201)
  @Replays()
  @routeOptions({ location: () => `/v1/things/${ID}` })
  create(@CallContextParam() context: CallContext, @Body() input: Thing): Replayable<object> {
    return { body: input, replayed: context.idempotencyKey === 'again' };
  }

  @Get()
  @RequireScope('things:read')
  find(@Query() query: ThingQuery): object {
    return { limit: query.limit ?? null };
  }

  @Get('broken')
  @RequireScope('things:read')
  broken(): never {
    throw new Error(SECRET);
  }

  @Get(':id')
  @RequireScope('things:read')
  @routeOptions({ entityTag: versionOf })
  get(@IdParam('thing') id: string): object {
    if (id !== ID) throw new NotFoundError('thing', id);
    return { id, version: 3 };
  }

  @Patch(':id')
  @RequireScope('things:write')
  @routeOptions({ guarded: true, entityTag: versionOf })
  update(@CallContextParam() context: CallContext, @IdParam('thing') id: string, @Body() patch: ThingPatch): object {
    return { id, version: 4, expected: context.expectedVersion ?? null, title: patch.title };
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('operator')
  @routeOptions({ guarded: true })
  remove(@IdParam('thing') _id: string): void {}
}

interface Answer {
  status: number;
  headers: Headers;
  // Bodies are whatever the test expects.
  body: { error?: { code: string; message: string; details: unknown; request_id: string }; [field: string]: unknown };
}

const outcome = ({ status, body }: Answer): unknown[] => [status, body.error?.code];
const fields = ({ body }: Answer): string[] =>
  (body.error?.details as { field: string }[] | null)?.map(({ field }) => field) ?? [];

let application: TestApplication;

async function call(
  method: string,
  path: string,
  { body, headers = {} }: { body?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(application.url + path, {
    method,
    headers: {
      authorization: TEST_CREDENTIAL,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text ? JSON.parse(text) : {}) as Answer['body'],
  };
}
const post = (body: unknown): Promise<Answer> => call('POST', '/v1/things', { body: JSON.stringify(body) });

const patch = (tag: string): Promise<Answer> =>
  call('PATCH', `/v1/things/${ID}`, { body: '{"title":"b"}', headers: { 'if-match': tag } });
const once = (key: string): Promise<Answer> =>
  call('POST', '/v1/things', { body: '{"title":"a"}', headers: { 'idempotency-key': key } });
describe('the edge', () => {
  beforeAll(async () => {
    application = await startTestApplication({
      controllers: [ThingsController],
      principal: { ...TEST_PRINCIPAL, scopes: ['things:read', 'things:write'] },
    });
  });
  afterAll(() => application?.close());

  describe('answers errors', () => {
    test('in one envelope, with the request’s id', async () => {
      const answer = await call('GET', '/v1/nothing', { headers: { 'x-request-id': 'mine-1' } });
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual({
        error: { code: 'not_found', message: expect.any(String) as string, details: null, request_id: 'mine-1' },
      });
      expect(answer.headers.get('x-request-id')).toBe('mine-1');
    });

    test('with an id of its own where the client’s is not sane', async () => {
      for (const id of ['x'.repeat(129), 'two words']) {
        const answer = await call('GET', '/v1/nothing', { headers: { 'x-request-id': id } });
        expect(answer.body.error?.request_id).toMatch(/^[0-9a-f-]{36}$/);
        expect(answer.headers.get('x-request-id')).toBe(answer.body.error?.request_id);
      }
    });

    test('as a problem document where that is preferred', async () => {
      const accept = 'application/problem+json, application/json;q=0.5';
      const { body, headers } = await call('GET', '/v1/nothing', { headers: { accept } });
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect(body).toMatchObject({ status: 404, code: 'not_found', request_id: headers.get('x-request-id') });
    });

    test('of its own without showing what went wrong inside', async () => {
      const answer = await call('GET', '/v1/things/broken');
      expect(outcome(answer)).toEqual([500, 'internal_error']);
      expect(JSON.stringify(answer.body)).not.toContain(SECRET);
      expect(application.failures.map(String)).toContain(`Error: ${SECRET}`);
    });
  });

  test('knows the caller, and what they may do', async () => {
    const stranger = await call('GET', '/v1/things', { headers: { authorization: 'Bearer other' } });
    expect(outcome(stranger)).toEqual([401, 'unauthorized']);
    expect(stranger.headers.get('www-authenticate')).toBe('Bearer');
    expect(outcome(await call('DELETE', `/v1/things/${ID}`))).toEqual([403, 'forbidden']);
  });

  test('does not start with a route that says not what it needs', async () => {
    @Controller('v1/forgotten')
    class Forgotten {
      @Get()
      find(): object {
        return {};
      }
    }
    await expect(startTestApplication({ controllers: [Forgotten] })).rejects.toThrow(
      /v1\/forgotten names no scope: it needs @RequireScope/,
    );
  });

  describe('reads bodies', () => {
    test.each([
      ['unknown fields', { title: 'a', colour: 'red' }, 'unknown_field', ['colour']],
      ['read-only fields', { title: 'a', version: 2 }, 'read_only_field', ['version']],
      ['missing fields', {}, 'validation_error', ['title']],
      ['nested faults', { title: 'a', main: { name: '' } }, 'validation_error', ['main.name']],
      ['faults in arrays', { title: 'a', parts: [{ name: 'b' }, { name: 7 }] }, 'validation_error', ['parts[1].name']],
      ['several faults', { title: 1, count: 10 }, 'validation_error', ['title', 'count']],
      ['NUL', { title: 'a\u0000' }, 'validation_error', ['title']],
      ['half a surrogate pair', { title: '\ud800' }, 'validation_error', ['title']],
      ['huge numbers', { title: 'a', count: 1e300 }, 'validation_error', ['count']],
      ['fractions', { title: 'a', count: 1.5 }, 'validation_error', ['count']],
      ['text for numbers', { title: 'a', count: '1' }, 'validation_error', ['count']],
      ['no object', [], 'validation_error', ['body']],
      ['null', null, 'validation_error', ['body']],
      ['the name of an inherited property', { title: 'a', toString: 1 }, 'unknown_field', ['toString']],
    ])('and refuses %s by name', async (_what, body, code, names) => {
      const answer = await post(body);
      expect([...outcome(answer), fields(answer)]).toEqual([422, code, names]);
    });

    test.each(['__proto__', 'constructor', 'prototype'])('in which %s is but an unknown field', async (name) => {
      const answer = await call('POST', '/v1/things', { body: `{"title":"a","${name}":{"polluted":true}}` });
      expect([...outcome(answer), fields(answer)]).toEqual([422, 'unknown_field', [name]]);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    });

    test('a number too large for a double is no number', async () => {
      const answer = await call('POST', '/v1/things', { body: '{"title":"a","count":1e999}' });
      expect(outcome(answer)).toEqual([422, 'validation_error']);
    });

    test.each([
      ['half a document', '{"title":'],
      ['nothing', ''],
    ])('%s is no JSON', async (_what, body) => {
      expect(outcome(await call('POST', '/v1/things', { body }))).toEqual([400, 'invalid_json']);
    });

    test('of other kinds and sizes not at all', async () => {
      const xml = await call('POST', '/v1/things', { body: '<a/>', headers: { 'content-type': 'text/xml' } });
      expect(outcome(xml)).toEqual([415, 'unsupported_media_type']);
      const zipped = await call('POST', '/v1/things', { body: '{}', headers: { 'content-encoding': 'gzip' } });
      expect(outcome(zipped)).toEqual([415, 'unsupported_media_type']);
      expect(outcome(await post({ title: 'x'.repeat(1024 * 1024) }))).toEqual([413, 'payload_too_large']);
    });

    test('an empty patch is refused', async () => {
      expect(outcome(await call('PATCH', `/v1/things/${ID}`, { body: '{}' }))).toEqual([422, 'empty_update']);
    });
  });

  describe('reads the query', () => {
    test.each([
      ['limit=6', 'validation_error', ['limit']],
      ['limit=1e1', 'validation_error', ['limit']],
      ['limit=', 'validation_error', ['limit']],
      ['limit=1&limit=2', 'validation_error', ['limit']],
      ['colour=red', 'unknown_field', ['colour']],
      ['__proto__=1', 'unknown_field', ['__proto__']],
    ])('and refuses ?%s by name', async (query, code, names) => {
      const answer = await call('GET', `/v1/things?${query}`);
      expect([...outcome(answer), fields(answer)]).toEqual([422, code, names]);
    });

    test('numbers as numbers', async () => {
      expect((await call('GET', '/v1/things?limit=5')).body).toEqual({ limit: 5 });
    });

    test('on routes that take none as well', async () => {
      expect(outcome(await call('GET', `/v1/things/${ID}?x=1`))).toEqual([422, 'unknown_field']);
    });
  });

  describe('paths and methods', () => {
    test('what is no id names nothing', async () => {
      expect(outcome(await call('GET', '/v1/things/7'))).toEqual([404, 'thing_not_found']);
      expect(outcome(await call('GET', '/v1/things/%00'))).toEqual([404, 'thing_not_found']);
    });

    test('a path that is not well encoded is told so', async () => {
      expect(outcome(await call('GET', '/v1/things/%zz'))).toEqual([400, 'invalid_url']);
    });

    test('a part of a path that is too long is told so', async () => {
      expect(outcome(await call('GET', `/v1/things/${'x'.repeat(3_000)}`))).toEqual([414, 'uri_too_long']);
    });

    test('another method is told which there are', async () => {
      for (const method of ['PUT', 'OPTIONS']) {
        const answer = await call(method, '/v1/things');
        expect(outcome(answer)).toEqual([405, 'method_not_allowed']);
        expect(answer.headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining(['GET', 'POST']));
      }
    });

    test('HEAD is GET without its body', async () => {
      const answer = await call('HEAD', `/v1/things/${ID}`);
      expect([answer.status, answer.headers.get('etag'), answer.body]).toEqual([200, '"3"', {}]);
    });
  });

  describe('entity tags', () => {
    test.each([
      ['"3"', 304],
      ['W/"3"', 304],
      ['"1", "3"', 304],
      ['*', 304],
      ['"2"', 200],
      ['3', 200],
      ['"', 200],
    ])('If-None-Match: %s is answered with %d', async (tag, status) => {
      const answer = await call('GET', `/v1/things/${ID}`, { headers: { 'if-none-match': tag } });
      expect([answer.status, answer.headers.get('etag')]).toEqual([status, '"3"']);
    });

    test.each([
      ['"3"', 3],
      ['"3.7-2"', 3],
      ['*', null],
    ])('If-Match: %s demands the version %s', async (tag, expected) => {
      const { status, body, headers } = await patch(tag);
      expect([status, body['expected'], headers.get('etag')]).toEqual([200, expected, '"4"']);
    });

    test.each([
      ['W/"3"', 412, 'version_conflict'],
      ['"x"', 412, 'version_conflict'],
      ['"99999999999"', 412, 'version_conflict'],
      ['3', 422, 'validation_error'],
      ['"1", "3"', 422, 'validation_error'],
    ])('If-Match: %s is answered with %d %s', async (tag, status, code) => {
      expect(outcome(await patch(tag))).toEqual([status, code]);
    });
  });

  test('a creation tells where it is, and a replay that it is one', async () => {
    const first = await once('first');
    expect([first.status, first.headers.get('location')]).toEqual([201, `/v1/things/${ID}`]);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect((await once('again')).headers.get('idempotent-replayed')).toBe('true');
    expect(outcome(await once('x'.repeat(256)))).toEqual([422, 'validation_error']);
  });

  test('what a client does not accept is refused', async () => {
    const answer = await call('GET', '/v1/things', { headers: { accept: 'text/html' } });
    expect(outcome(answer)).toEqual([406, 'not_acceptable']);
  });

  test('headers too large are answered in the envelope too', async () => {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      rawRequest(`${application.url}/v1/things`, { headers: { 'x-large': 'x'.repeat(20_000) } }, resolve)
        .on('error', reject)
        .end();
    });
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    expect([answer.statusCode, (JSON.parse(text) as Answer['body']).error?.code]).toEqual([431, 'headers_too_large']);
  });
});
