// Signatures and times of webhooks.
import { createHmac } from 'node:crypto';
import { VerificationError, verify } from './verify.ts';

/** The example that is published with Standard Webhooks. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const BODY = Buffer.from('{"test": 2432232314}');
const SENT_AT = 1_614_265_330;
const HEADERS = {
  'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  'webhook-timestamp': String(SENT_AT),
  'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const OTHER_SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const OTHER_SIGNATURE = 'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=';

const verified = (changes: object = {}, { body = BODY, secrets = [SECRET], after = 0 } = {}): string =>
  verify({ ...HEADERS, ...changes }, body, secrets, new Date((SENT_AT + after) * 1_000));

test('the published example is valid', () => {
  expect(verified()).toBe(HEADERS['webhook-id']);
});

test('a webhook that is signed with several secrets is valid by each of them', () => {
  const headers = { 'webhook-signature': `${OTHER_SIGNATURE} v1a,${'A'.repeat(86)} ${HEADERS['webhook-signature']}` };
  expect(verified(headers)).toBe(HEADERS['webhook-id']);
  expect(verified({}, { secrets: [OTHER_SECRET, SECRET] })).toBe(HEADERS['webhook-id']);
});

test.each<[string, object, Parameters<typeof verified>[1]]>([
  ['without headers', { 'webhook-id': undefined }, undefined],
  ['without a timestamp', { 'webhook-timestamp': 'yesterday' }, undefined],
  ['without a signature', { 'webhook-signature': undefined }, undefined],
  ['with another signature', { 'webhook-signature': OTHER_SIGNATURE }, undefined],
  ['with a part of the signature', { 'webhook-signature': HEADERS['webhook-signature'].slice(0, 12) }, undefined],
  [
    'with the signature of another scheme',
    { 'webhook-signature': HEADERS['webhook-signature'].replace('v1', 'v2') },
    undefined,
  ],
  ['with another id', { 'webhook-id': 'msg_other' }, undefined],
  ['with another time', { 'webhook-timestamp': String(SENT_AT + 1) }, undefined],
  ['with another body', {}, { body: Buffer.from('{"test": 1}') }],
  ['of another secret', {}, { secrets: [OTHER_SECRET] }],
  ['that is too old', {}, { after: 301 }],
  ['from the future', {}, { after: -301 }],
])('a webhook %s is refused', (_what, headers, options) => {
  expect(() => verified(headers, options)).toThrow(VerificationError);
});

test('the body is verified as bytes, not as text', () => {
  const body = Buffer.of(0x22, 0xff, 0x22);
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  const signed = createHmac('sha256', key).update(`${HEADERS['webhook-id']}.${SENT_AT}.`).update(body).digest('base64');
  const headers = { 'webhook-signature': `v1,${signed}` };
  expect(verified(headers, { body })).toBe(HEADERS['webhook-id']);
  expect(() => verified(headers, { body: Buffer.from('"\uFFFD"') })).toThrow(VerificationError);
});
