import { defineErrors, notFound } from '../errors/index.js';
import { TextField } from '../validation/fields.js';
import type { InputClass } from '../validation/input-metadata.js';
import { readInput } from '../validation/input-reader.js';
import { clientOf, type Requester } from './client.js';
import { del, get, internal, operations, overNats, patch, post, put, type AnyOperation } from './operation.js';
import { idOf, path, readParam, textParam } from './path.js';

class NewStar {
  @TextField({ description: 'The name.', max: 20 })
  name: string;
}
class StarQuery {
  @TextField({ description: 'A prefix.', max: 20, optional: true })
  prefix?: string;
}
class Star extends NewStar {
  id: string;
  version: number;
}

const errors = defineErrors({ star_not_found: notFound('star') });
const star = path('/v1/stars/:id', { id: idOf('star') });
const stars = operations(
  'astronomy',
  { tag: 'stars', errors },
  {
    createStar: post('/v1/stars', {
      summary: 'Create a star',
      scope: 'stars:write',
      body: NewStar,
      reply: Star,
      location: ({ id }) => `/v1/stars/${id}`,
      idempotencyKey: true,
    }),
    findStars: get('/v1/stars', { summary: 'Find stars', scope: null, query: StarQuery, reply: Star }),
    updateStar: patch(star, {
      summary: 'Update a star',
      scope: { user: 'stars:write' },
      patch: NewStar,
      reply: Star,
      etag: ({ version }) => String(version),
      ifMatch: true,
      errors: ['star_not_found', 'version_conflict'],
    }),
    replaceStar: put(star, { summary: 'Replace a star', scope: 'user', body: NewStar, reply: Star }),
    deleteStar: del(star, { summary: 'Delete a star', scope: 'stars:write' }),
    previewStar: post('/v1/stars/preview', {
      summary: 'Preview',
      scope: 'anybody',
      body: NewStar,
      reply: Star,
      reads: true,
    }),
    countStars: internal({ summary: 'Count the stars', reply: Star }),
    keepStar: internal({ summary: 'Keep a star for a caller', reply: Star, onBehalf: true }),
    watchStars: overNats({ summary: 'Watch the stars', scope: 'stars:read', body: StarQuery, reads: true }),
  },
);

const facts = ({ name, subject, callers, scope, reads, idempotent, http }: AnyOperation) => [
  name,
  subject,
  callers,
  scope,
  reads,
  idempotent,
  http && `${http.method} ${http.path} ${http.status}`,
];

test('subject, callers, scope, rate class, verb and status derive from the declaration', () => {
  expect(Object.values(stars).map((operation) => facts(operation as AnyOperation))).toEqual([
    ['create_star', 'services.astronomy.create_star', 'credential', 'stars:write', false, false, 'POST /v1/stars 201'],
    ['find_stars', 'services.astronomy.find_stars', 'credential', null, true, true, 'GET /v1/stars 200'],
    ['update_star', 'services.astronomy.update_star', 'user', 'stars:write', false, false, 'PATCH /v1/stars/:id 200'],
    ['replace_star', 'services.astronomy.replace_star', 'user', null, false, false, 'PUT /v1/stars/:id 200'],
    [
      'delete_star',
      'services.astronomy.delete_star',
      'credential',
      'stars:write',
      false,
      false,
      'DELETE /v1/stars/:id 204',
    ],
    ['preview_star', 'services.astronomy.preview_star', 'anybody', null, true, true, 'POST /v1/stars/preview 200'],
    ['count_stars', 'internal.astronomy.count_stars', 'modules', null, false, false, undefined],
    ['keep_star', 'services.astronomy.keep_star', 'modules', null, false, false, undefined],
    ['watch_stars', 'services.astronomy.watch_stars', 'credential', 'stars:read', true, true, undefined],
  ]);
  expect(stars.updateStar.errors).toEqual({ star_not_found: 404, version_conflict: 412 });
});

const read = (operation: AnyOperation, value: object): unknown =>
  Object.assign({}, readInput(operation.request as InputClass, value, 'body'));
const ID = '0198b6c2-5f5e-7c3a-9d0e-000000000000';

test('path, query and body are one object; a merge patch is a field of its own', () => {
  expect(read(stars.createStar, { name: 'Vega' })).toEqual({ name: 'Vega' });
  expect(read(stars.replaceStar, { id: ID, name: 'Vega' })).toEqual({ id: ID, name: 'Vega' });
  expect(read(stars.updateStar, { id: ID, patch: { name: 'Vega' } })).toEqual({ id: ID, patch: { name: 'Vega' } });
  expect(() => read(stars.updateStar, { id: ID, patch: { name: 7 } })).toThrow('patch.name: must be a string');
  expect(() => read(stars.replaceStar, { name: 'Vega' })).toThrow('id: is required');
  expect(stars.countStars.request).toBeUndefined();
});

test('the rules of a composed request stay its own', () => {
  expect(() => readInput(NewStar, { id: ID, name: 'Vega' }, 'body')).toThrow('id: is read-only');
});

test('an invalid id leads to not found', () => {
  const id = idOf('star');
  expect(readParam(id, ID.toUpperCase())).toBe(ID);
  expect(() => readParam(id, 'vega')).toThrow('No star with the id vega.');
  const name = textParam({ thing: 'star', description: 'The name.', example: 'Vega' });
  expect(() => readParam(name, 'a\0b')).toThrow(expect.objectContaining({ code: 'star_not_found' }));
});

test('the client sends each operation by its contract', async () => {
  const asked: unknown[] = [];
  const bus: Requester = {
    request: (contract, body, options) => {
      asked.push([contract.name, body, options]);
      return Promise.resolve(undefined as never);
    },
  };
  const principal = { kind: 'user', id: 'ada', workspaceId: 'w', scopes: [] } as const;
  const client = clientOf(bus, stars);
  await client.updateStar({ id: ID, patch: { name: 'Vega' } }, { principal, requestId: 'r', expectedVersion: 3 });
  await client.previewStar({ name: 'Vega' }, { requestId: 'r', address: '127.0.0.1', userAgent: 'curl' });
  await client.countStars(undefined, { requestId: 'r' });
  expect(asked).toMatchObject([
    ['update_star', { id: ID }, { principal, requestId: 'r', headers: { 'If-Match': '"3"' } }],
    ['preview_star', { name: 'Vega' }, { headers: { 'Bus-Source': '127.0.0.1', 'Bus-User-Agent': 'curl' } }],
    ['count_stars', undefined, { requestId: 'r' }],
  ]);
});

test.each([
  ['an unknown error', () => get('/v1/x', { summary: 'X', scope: null, errors: ['no_such_code'] }), 'no_such_code'],
  ['a guarded read', () => get('/v1/x', { summary: 'X', scope: null, ifMatch: true }), 'reads'],
  ['an ETag of nothing', () => put('/v1/x', { summary: 'X', scope: null, etag: () => '1' }), 'ETag'],
  [
    'a body beside a query',
    () => post('/v1/x', { summary: 'X', scope: null, query: StarQuery, body: NewStar }),
    'body',
  ],
])('rejects %s with the name of the operation', (_what, draft, message) => {
  expect(() => operations('astronomy', { errors }, { oddOne: draft() as never })).toThrow(message);
});
