import { hashSecret, makeApiKey, parseApiKey } from './api-key.js';

describe('API keys', () => {
  test('a new key has the documented form and can be parsed back', () => {
    const key = makeApiKey('dev');
    expect(key).toMatch(/^mono_dev_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
    const parsed = parseApiKey(key);
    expect(parsed?.environment).toBe('dev');
    expect(parsed?.shortId).toBe(key.slice(9, 21));
    expect(parsed?.secretHash).toEqual(hashSecret(key.slice(22)));
  });

  test.each([
    '',
    'mono_dev_short_secret',
    'mono_dev_0123456789AB_' + 'a'.repeat(43),
    ` ${makeApiKey('dev')}`,
    `${makeApiKey('dev')}=`,
  ])('%j is not a key', (text) => {
    expect(parseApiKey(text)).toBeUndefined();
  });
});
