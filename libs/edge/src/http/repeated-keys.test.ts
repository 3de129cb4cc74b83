import { requireUniqueKeys } from './repeated-keys.js';

function refusalOf(text: string): unknown {
  try {
    requireUniqueKeys(Buffer.from(text), JSON.parse(text));
  } catch (error) {
    return (error as { details: unknown }).details;
  }
  return undefined;
}

test.each([
  ['{"title":"a","title":"b"}', 'title'],
  ['{"title":"a","t\\u0069tle":"b"}', 'title'],
  ['{"a":[{"b":1},{"b":1,"c":{"d":1 , "d" : 2}}]}', 'a[1].c.d'],
  ['[[],[{"a":1,"a":1}]]', '[1][0].a'],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ['{"text":"\\\\","n":1,"n":2}', 'n'],
])('%s is refused', (text, field) => {
  expect(refusalOf(text)).toEqual([{ field, code: 'repeated', issue: expect.any(String) as string }]);
});

test.each([
  '{}',
  '[]',
  '"a:b"',
  '7',
  '{"a":{"a":{"a":[{"a":1},{"a":1}]}}}',
  '{"text":"a: \\"b\\": c","more":"\\\\","{\\"x\\":1}":[":"]}',
  '{"__proto__":1}',
  '{"ü:":"\\":"}',
])('%s passes', (text) => {
  expect(refusalOf(text)).toBeUndefined();
});

test.each([63, 64, 65, 66, 200])('a string of %i characters and escapes ends where it ends', (length) => {
  for (const end of ['', '\\', '"', ':"', '\\"', '\\\\'])
    expect(refusalOf(JSON.stringify({ a: 'x'.repeat(length) + end, b: ':', c: { a: 1 } }))).toBeUndefined();
});

test('deep nesting passes', () => {
  expect(refusalOf(`${'['.repeat(5_000)}${']'.repeat(5_000)}`)).toBeUndefined();
});
