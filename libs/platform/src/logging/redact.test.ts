import { createLogger } from './logger.js';
import { redact } from './redact.js';

const KEY = `mono_dev_0123456789ab_${'S'.repeat(43)}`;

describe('secrets in logs', () => {
  test.each([
    [`Authorization: Bearer ${KEY}`, 'Authorization: Bearer mono_dev_0123456789ab_[redacted]'],
    [`token ${KEY.replace('mono_', 'mono_pat_')}`, 'token mono_pat_dev_0123456789ab_[redacted]'],
    ['postgres://mono:hunter2@db:5432/mono', 'postgres://mono:[redacted]@db:5432/mono'],
    ['nats://mono:n1234@127.0.0.1:4222', 'nats://mono:[redacted]@127.0.0.1:4222'],
    ['bearer abcdefgh.ijklmnop', 'bearer [redacted]'],
    [
      '{"user":{"db":{"new_password":"a\\"b","name":"Ann"}}}',
      '{"user":{"db":{"new_password":"[redacted]","name":"Ann"}}}',
    ],
    ['{"refresh_token":"x","apiKey":"y"}', '{"refresh_token":"[redacted]","apiKey":"[redacted]"}'],
    [`seed SU${'A'.repeat(56)}`, 'seed [redacted]'],
    ['got eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0x.c2lnbmF0dXJl', 'got [redacted]'],
    ['-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----', '[redacted private key]'],
    [`GET /feeds/${'S'.repeat(43)}.ics`, 'GET /feeds/[redacted].ics'],
    ['{"request_id":"r-1","idempotency_key":"k"}', '{"request_id":"r-1","idempotency_key":"k"}'],
    ['nothing to hide: http://127.0.0.1:3000/v1', 'nothing to hide: http://127.0.0.1:3000/v1'],
  ])('%j is logged as %j', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  test('they are taken out of fields, errors and messages alike', () => {
    let written = '';
    const logger = createLogger({ level: 'info', format: 'json', to: { write: (line: string) => (written += line) } });
    logger.error(
      {
        err: new Error(`cannot reach postgres://mono:hunter2@db`),
        headers: { authorization: 'x-secret-x' },
        password: 'hunter2',
      },
      `with ${KEY}`,
    );
    expect(written).toContain('cannot reach');
    for (const secret of ['hunter2', 'x-secret-x', 'SSSS']) expect(written).not.toContain(secret);
  });
});
