// Text that a client has sent cannot hold up the log, and is redacted as it always was.
import { redact, SECRET_NAME } from './redact.js';

const LENGTH = 2 ** 18;

test.each([
  ['tokens that never end', 'eyJ-'],
  ['parts of tokens', 'eyJabcdefgh.'],
  ['a scheme that never ends', 'a'],
  ['many schemes', 'a://'],
  ['a name of secret words', 'token'],
  ['members without end', '"token":"'],
  ['members with escapes', '"token":"\\"'],
  ['names without end', '"a'],
  ['feeds', '/feeds/'],
  ['begins of private keys', '-----BEGIN PRIVATE KEY '],
  ['ends of private keys', '-----END PRIVATE KEY '],
  ['bearers', 'Bearer '],
  ['space', ' '],
  ['the name of a key', 'mono_dev_'],
])('redacts %s in linear time', (_what, part) => {
  const hostile = part.repeat(LENGTH / part.length);
  const texts = [hostile, `"${hostile}`, `${hostile}://`, `"token":"${hostile}`, `Bearer${hostile}`, `eyJ${hostile}.`];
  const before = process.cpuUsage();
  for (const text of texts) redact(text);
  const { user } = process.cpuUsage(before);
  // Some milliseconds each. In quadratic time one of them takes more than a minute.
  expect(user / 1_000).toBeLessThan(20_000);
});

/** As redaction was before it took linear time. */
function redactSlowly(text: string): string {
  return text
    .replaceAll(new RegExp(`("[\\w-]*(?:${SECRET_NAME.source})[\\w-]*":)"(?:[^"\\\\]|\\\\.)*"`, 'gi'), '$1"[redacted]"')
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@"']*):[^\s@/"']+@/gi, '$1:[redacted]@')
    .replaceAll(/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g, '[redacted]');
}

const PARTS = [
  '"token":"',
  '"name":"',
  '"my_password-x":"',
  '"',
  '\\"',
  '\\\\',
  '\\',
  '\n',
  ' ',
  '{',
  '}',
  ',',
  ':',
  'x',
  'eyJ',
  'eyJhbGciOiJF',
  'eyJzdWIiOiIx',
  '-eyJ',
  '.',
  '..',
  'c2lnbmF0dXJl',
  'postgres://',
  'x://',
  'mono:',
  'hunter2@',
  '@',
  '/',
];

test('redacts the same as before', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const texts = Array.from({ length: 50_000 }, () =>
    Array.from({ length: 1 + random(14) }, () => PARTS[random(PARTS.length)]).join(''),
  );
  expect(texts.filter((text) => redact(text) !== redactSlowly(text))).toEqual([]);
});
