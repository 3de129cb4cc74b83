import { isAddress, senderOf } from './address.js';

test.each(['ann@example.com', 'ann.o’neil+tasks@mail.example.co.uk', 'jürgen@münchen.de', 'mono@localhost'])(
  'accepts %s',
  (address) => expect(isAddress(address)).toBe(true),
);

test.each([
  '',
  'ann',
  '@example.com',
  'ann@',
  'ann@@example.com',
  'ann@example.com,eve@example.com',
  'ann@example.com eve@example.com',
  'ann@example.com\r\nBcc: eve@example.com',
  'ann@example.com\n',
  'Ann <ann@example.com>',
  '"ann eve"@example.com',
  'ann(eve)@example.com',
  'ann@[127.0.0.1]',
  'ann@127.0.0.1',
  'ann@example.com/path',
  'ann@example.com?query',
  'ann@-example.com',
  'ann@example..com',
  '.ann@example.com',
  `${'a'.repeat(65)}@example.com`,
  `ann@${'a.'.repeat(130)}com`,
])('rejects %j', (text) => expect(isAddress(text)).toBe(false));

test('parses a sender with or without a name', () => {
  expect(senderOf('Mono Tasks <mono@example.com>')).toEqual({ name: 'Mono Tasks', address: 'mono@example.com' });
  expect(senderOf('mono@example.com')).toEqual({ name: '', address: 'mono@example.com' });
  expect(senderOf('Mono\r\nBcc: eve <mono@example.com>')).toBeUndefined();
});
