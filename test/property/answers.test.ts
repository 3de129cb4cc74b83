// The judge and the generator themselves, before they are believed.
import * as fc from 'fast-check';
import { AnswerJudge } from './answers.ts';
import { arbitraryOf, requestArbitrary } from './arguments.ts';
import { operationsOf, type OpenApiDocument } from './openapi-document.ts';

const DOCUMENT: OpenApiDocument = {
  openapi: '3.1.0',
  paths: {
    '/v1/loaves/{id}': {
      put: {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Loaf' } } } },
        responses: {
          200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Loaf' } } } },
          204: {},
          404: { $ref: '#/components/responses/Missing' },
        },
      },
    },
  },
  components: {
    responses: { Missing: { content: { 'application/json': { schema: { type: 'object', required: ['error'] } } } } },
    schemas: {
      Grain: { type: 'string', enum: ['rye', 'wheat'] },
      Loaf: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'grain', 'weight'],
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 8, pattern: '\\S' },
          grain: { $ref: '#/components/schemas/Grain' },
          weight: { type: ['integer', 'null'], minimum: 1 },
          seeds: { type: 'array', items: { type: 'string' }, uniqueItems: true, maxItems: 3 },
          baked_at: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] },
        },
      },
    },
  },
};
const KNOWN = {
  listIds: [],
  ids: ['0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e'],
  doomedIds: ['0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f'],
  relatedIds: [],
  trashedIds: ['0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d70'],
  letterIds: [],
  keyIds: [],
  workspaceIds: [],
  memberIds: [],
  inviteIds: [],
  sessionIds: [],
  tokenIds: [],
  identityIds: [],
  feedIds: [],
  webhookIds: { changed: [], doomed: [], logged: [] },
  filterIds: { changed: [], doomed: [] },
  operatedIds: { users: [], doomed: [], workspaces: [] },
  entryIds: { changed: [], doomed: [] },
  templateIds: { changed: [], paused: [], doomed: [], dated: [] },
  values: {},
  names: ['rye'],
};
const LOAF = '{"name":"a","grain":"rye","weight":1}';

describe('judging answers', () => {
  const judge = new AnswerJudge(DOCUMENT);
  const operations = operationsOf(DOCUMENT, '/v1/');
  const [request] = fc.sample(requestArbitrary(DOCUMENT, operations, KNOWN), { numRuns: 1, seed: 1 });
  const faultOf = (status: number, text: string, contentType = 'application/json; charset=utf-8') =>
    request && judge.fault(request, { status, text, contentType });

  test('what is documented passes', () => {
    expect([faultOf(200, LOAF), faultOf(204, '', ''), faultOf(404, '{"error":{}}')]).toEqual(Array(3).fill(undefined));
  });

  test.each([
    ['a 5xx', 500, '{}', /^a 500/],
    ['an undocumented status', 409, '{}', /not documented/],
    ['a body that is missing', 200, '', /without its body/],
    ['a field that is missing', 200, '{"name":"a","grain":"rye"}', /weight/],
    ['a field too many', 200, '{"name":"a","grain":"rye","weight":1,"x":1}', /additional/],
    ['a value of a referenced schema', 200, '{"name":"a","grain":"oat","weight":1}', /allowed values/],
    ['an error without its envelope', 404, '{}', /error/],
  ])('%s is told', (_what, status, text, message) => {
    expect(faultOf(status, text)).toMatch(message);
  });

  test('another media type is told', () => {
    expect(faultOf(200, LOAF, 'text/html')).toMatch(/text\/html/);
  });
});

describe('generating arguments', () => {
  const judge = new AnswerJudge(DOCUMENT);
  const operations = operationsOf(DOCUMENT, '/v1/');
  const [operation] = operations;

  test('valid ones validate', () => {
    const loaf = arbitraryOf(DOCUMENT, { $ref: '#/components/schemas/Loaf' }, KNOWN);
    const faults = fc.sample(loaf, { numRuns: 500, seed: 2 }).flatMap((value) => {
      if (!operation) return 'no operation';
      const request = { operation, target: '', headers: {}, body: undefined };
      const answer = { status: 200, text: JSON.stringify(value), contentType: 'application/json' };
      return judge.fault(request, answer) ?? [];
    });
    expect(faults).toEqual([]);
  });

  test('requests are valid for the most part, and faulty often enough', () => {
    const requests = fc.sample(requestArbitrary(DOCUMENT, operations, KNOWN), { numRuns: 1000, seed: 3 });
    const bodies = requests.map(({ body = '' }) => body);
    const valid = bodies.filter((text) => {
      try {
        const answer = { status: 200, text, contentType: 'application/json' };
        return requests[0] && judge.fault(requests[0], answer) === undefined;
      } catch {
        return false;
      }
    });
    expect(valid.length).toBeGreaterThan(400);
    expect(bodies.length - valid.length).toBeGreaterThan(200);
    // Each can be sent: nothing in the target or in the headers that fetch would refuse.
    for (const { target, headers } of requests) {
      expect(new URL(target, 'http://localhost').pathname).toMatch(/^\/v1\/loaves\/./);
      expect(new Headers(headers)).toBeDefined();
    }
  });
});
