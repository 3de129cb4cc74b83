import { provenBy, type Said } from './proven-by.js';

const SAID: Said = {
  issuer: 'https://id.example',
  subject: '42',
  email: 'Ada@example.com',
  emailVerified: true,
  name: ' Ada\u0000Lovelace\u202e ',
};

describe('what a provider says of a person', () => {
  test('is taken as it came, where it may be stored', () => {
    expect(provenBy({ ...SAID, name: ' Ada\n\tLovelace\u202e ' })).toEqual({
      issuer: 'https://id.example',
      subject: '42',
      email: 'Ada@example.com',
      email_verified: true,
      name: 'Ada Lovelace',
    });
  });

  test.each(['true', 1, undefined, null, {}, 'false'])('is no proof of the address by %p', (emailVerified) => {
    expect(provenBy({ ...SAID, emailVerified }).email_verified).toBe(false);
  });

  test.each([undefined, '', 'ada', 'ada@', 'a b@example.com', ['ada@example.com'], `${'a'.repeat(300)}@example.com`])(
    'names no address by %p, whatever is said of it',
    (email) => {
      expect(provenBy({ ...SAID, email })).toMatchObject({ email: null, email_verified: false });
    },
  );

  test.each([undefined, null, 42, '', 'x'.repeat(256), 'é', 'a\u0000'])('names nobody by %p', (subject) => {
    expect(() => provenBy({ ...SAID, subject })).toThrow('provider_refused');
  });

  test('has names of any length and of any signs', () => {
    expect(provenBy(SAID).name).toBeNull();
    for (const name of [undefined, 42, '', ' \n ', '\u200b', '\ud800'])
      expect(provenBy({ ...SAID, name }).name).toBeNull();
    expect(provenBy({ ...SAID, name: '👩‍🚀'.repeat(100) }).name?.length).toBeLessThanOrEqual(200);
    expect(provenBy({ ...SAID, name: 'x'.repeat(101) }).name).toHaveLength(100);
  });
});
