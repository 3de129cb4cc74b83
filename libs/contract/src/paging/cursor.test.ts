import { decodeCursor, encodeCursor, type CursorKind } from './cursor.js';

const SCOPE = { status: ['todo'], order_by: 'due_at' };
const KINDS: CursorKind[] = ['instant', 'uuid'];
const ID = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';
const KEY = ['2026-05-01T09:00:00.000Z', ID];

function forge(parts: unknown): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

describe('cursors', () => {
  test('give back the sort key, nulls included', () => {
    expect(decodeCursor(encodeCursor(KEY, SCOPE), SCOPE, KINDS)).toEqual(KEY);
    expect(decodeCursor(encodeCursor([null, ID], SCOPE), SCOPE, KINDS)).toEqual([null, ID]);
  });

  test('do not depend on the order of the filter’s fields, nor on absent ones', () => {
    const cursor = encodeCursor(KEY, SCOPE);
    expect(decodeCursor(cursor, { order_by: 'due_at', q: undefined, status: ['todo'] }, KINDS)).toEqual(KEY);
  });

  test('of another filter or order are rejected', () => {
    const cursor = encodeCursor(KEY, SCOPE);
    expect(() => decodeCursor(cursor, { ...SCOPE, order_by: 'title' }, KINDS)).toThrow('another filter or order');
  });

  const [format, madeFor] = JSON.parse(Buffer.from(encodeCursor(KEY, SCOPE), 'base64url').toString()) as unknown[];

  test.each([
    ['no base64url', '***'],
    ['nothing', ''],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['no array', forge({ format })],
    ['another format', forge([99, madeFor, ...KEY])],
    ['too few parts', forge([format, madeFor, ID])],
    ['too many parts', forge([format, madeFor, ...KEY, ID])],
    ['an object as a part', forge([format, madeFor, {}, ID])],
    ['what is no instant', forge([format, madeFor, 'yesterday', ID])],
    ['what is no id', forge([format, madeFor, KEY[0], 'x'])],
    ['null for an id', forge([format, madeFor, KEY[0], null])],
  ])('rejects %s with the name of the parameter', (_what, cursor) => {
    expect(() => decodeCursor(cursor, SCOPE, KINDS)).toThrow(
      expect.objectContaining({ kind: 'invalid', details: [expect.objectContaining({ field: 'cursor' })] }),
    );
  });

  test.each([
    ['text', 'a\u0000b'],
    ['text', '\ud800'],
    ['integer', 1.5],
    ['integer', 1e300],
  ] as const)('a forged %s that the database would refuse never reaches it: %j', (kind, value) => {
    expect(() => decodeCursor(encodeCursor([value, ID], SCOPE), SCOPE, [kind, 'uuid'])).toThrow('not a cursor');
  });
});
