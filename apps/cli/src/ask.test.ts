import { PassThrough } from 'node:stream';
import { askUnlessGiven } from './ask.js';

const ROLE = { option: '--role', expected: 'owner, admin, member or viewer' };

function terminal(isTTY: boolean, typed = '') {
  const input = Object.assign(new PassThrough(), { isTTY });
  input.end(typed);
  return { input, output: new PassThrough() };
}

test('a given option is not asked for', async () => {
  expect(await askUnlessGiven('viewer', ROLE, terminal(true, 'owner\n'))).toBe('viewer');
});

test('a person at a terminal is asked', async () => {
  const place = terminal(true, ' member \n');
  expect(await askUnlessGiven(undefined, ROLE, place)).toBe('member');
  expect(String(place.output.read())).toBe('--role (owner, admin, member or viewer): ');
});

test.each([
  ['a script', false, 'owner\n'],
  ['an empty answer', true, '\n'],
])('%s is refused with the name of the option', async (_who, isTTY, typed) => {
  await expect(askUnlessGiven(undefined, ROLE, terminal(isTTY, typed))).rejects.toThrow(
    'Missing --role: expected owner, admin, member or viewer.',
  );
});
