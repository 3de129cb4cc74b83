import { buildPage, readPageRequest, type PageRequest } from './page.js';
import { MAX_PAGE_BYTES, type Page, type PageQuery } from './paging.js';

const KINDS = ['uuid'] as const;

interface Row {
  id: string;
  text?: string;
}

function row(number: number, text?: string): Row {
  const id = `0198b6c2-5f5e-7c3a-9d0e-${String(number).padStart(12, '0')}`;
  return text === undefined ? { id } : { id, text };
}

/** An item with its text one level down. */
function holder({ id }: Row) {
  return { id, changes: { description: 'x'.repeat(65_536) } };
}

function build(request: PageRequest, rows: Row[], total?: number): Page<Row> {
  return buildPage(request, { rows, item: (found) => found, key: ({ id }) => [id], total });
}

describe('a page', () => {
  test('has 25 items by default, and reads one more', () => {
    expect(readPageRequest({}, KINDS)).toMatchObject({ limit: 25, fetch: 26, offset: 0, after: undefined });
    expect(readPageRequest({ limit: 3, offset: 6 }, KINDS)).toMatchObject({ limit: 3, fetch: 4, offset: 6 });
  });

  test('has a cursor if there are more items only', () => {
    const request = readPageRequest({ limit: 2 }, KINDS);
    expect(build(request, [row(1), row(2)]).page.next_cursor).toBeNull();
    expect(build(request, []).page.next_cursor).toBeNull();
    const { items, page } = build(request, [row(1), row(2), row(3)]);
    expect(items).toEqual([row(1), row(2)]);
    const next = readPageRequest({ limit: 2, cursor: page.next_cursor ?? '' }, KINDS);
    expect(next.after).toEqual([row(2).id]);
  });

  test('counts on request only', () => {
    expect(build(readPageRequest({}, KINDS), [row(1)], 7).page.total).toBeNull();
    expect(build(readPageRequest({ count: 'exact' }, KINDS), [row(1)], 7).page.total).toBe(7);
  });

  test('rejects a cursor together with an offset', () => {
    expect(() => readPageRequest({ cursor: 'x', offset: 0 }, KINDS)).toThrow('offset: cannot be combined with cursor');
  });

  test('rejects the cursor of the other direction or of another collection', () => {
    const { page } = build(readPageRequest({ limit: 1 }, KINDS, { list: 1 }), [row(1), row(2)]);
    const cursor = page.next_cursor ?? '';
    const attempt = (query: Partial<PageQuery>, more: object) => () =>
      readPageRequest(Object.assign({ cursor }, query), KINDS, more);
    expect(attempt({}, { list: 1 })).not.toThrow();
    expect(attempt({ limit: 9, count: 'exact' }, { list: 1 })).not.toThrow();
    expect(attempt({ order_dir: 'desc' }, { list: 1 })).toThrow('another filter or order');
    expect(attempt({}, { list: 2 })).toThrow('another filter or order');
  });

  test.each([
    ['long texts', 'x'.repeat(300_000)],
    ['texts that grow sixfold in JSON', '\u0001'.repeat(50_000)],
    ['texts of wide characters', '漢'.repeat(100_000)],
  ])('ends early before it exceeds its size: %s', (_what, text) => {
    const rows = Array.from({ length: 501 }, (_, index) => row(index, text));
    const { items, page } = build(readPageRequest({ limit: 500 }, KINDS), rows);
    expect(Buffer.byteLength(JSON.stringify(items))).toBeLessThanOrEqual(MAX_PAGE_BYTES);
    expect(items.length).toBeGreaterThan(5);
    expect(readPageRequest({ cursor: page.next_cursor ?? '' }, KINDS).after).toEqual([items.at(-1)?.id]);
  });

  test('counts the text of nested objects', () => {
    const rows = Array.from({ length: 501 }, (_, index) => row(index));
    const page = buildPage(readPageRequest({ limit: 500 }, KINDS), { rows, item: holder, key: ({ id }) => [id] });
    expect(Buffer.byteLength(JSON.stringify(page.items))).toBeLessThanOrEqual(MAX_PAGE_BYTES);
  });

  test('has at least one item of any size', () => {
    const { items, page } = build(readPageRequest({}, KINDS), [row(1, 'x'.repeat(MAX_PAGE_BYTES)), row(2)]);
    expect(items).toHaveLength(1);
    expect(page.next_cursor).not.toBeNull();
  });

  test('contains 500 ordinary items', () => {
    const rows = Array.from({ length: 500 }, (_, index) => row(index, 'x'.repeat(700)));
    expect(build(readPageRequest({ limit: 500 }, KINDS), rows).items).toHaveLength(500);
  });
});
