// Signatures by Standard Webhooks.
import { signatureHeaders } from './signature.js';

/** As published with the reference libraries. */
const VECTOR = {
  webhookId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: new Date(1_614_265_330_000),
  body: '{"test": 2432232314}',
};
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OTHER = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

test('the published example has its published signature', () => {
  expect(signatureHeaders({ ...VECTOR, secrets: [SECRET] })).toEqual({
    'webhook-id': VECTOR.webhookId,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('each secret signs, the current one first', () => {
  const [first, second] = [[SECRET], [OTHER]].map((secrets) => signatureHeaders({ ...VECTOR, secrets }));
  const both = signatureHeaders({ ...VECTOR, secrets: [OTHER, SECRET] });
  expect(both['webhook-signature']).toBe(`${second?.['webhook-signature']} ${first?.['webhook-signature']}`);
});

test('the body is signed as UTF-8', () => {
  const headers = signatureHeaders({ ...VECTOR, body: '{"title":"Grüße"}', secrets: [SECRET] });
  expect(headers['webhook-signature']).toBe('v1,Ti/lHLaTVCLaetXmy4L5R9nhae8w4D9DzpfHG/oesxc=');
});

test.each([
  ['without its prefix', SECRET.slice('whsec_'.length)],
  ['that is too short', `whsec_${Buffer.alloc(23).toString('base64')}`],
  ['that is too long', `whsec_${Buffer.alloc(65).toString('base64')}`],
  ['that is not base64', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!'],
])('a secret %s is refused without being shown', (_what, secret) => {
  const sign = (): unknown => signatureHeaders({ ...VECTOR, secrets: [secret] });
  expect(sign).toThrow('Invariant violated');
  expect(sign).not.toThrow(secret);
});

test('an id with a full stop, which separates the signed parts, is refused', () => {
  expect(() => signatureHeaders({ ...VECTOR, webhookId: 'msg.1', secrets: [SECRET] })).toThrow('Invariant violated');
});
