import { PassThrough } from 'node:stream';
import { askUnlessGiven, confirmDeletion } from './ask.js';

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

describe('a deletion', () => {
  test('goes on when its name is typed', async () => {
    const place = terminal(true, ' Corner Bakery \n');
    await confirmDeletion('Corner Bakery', false, 'All of it is erased.', place);
    expect(String(place.output.read())).toBe('All of it is erased.\nType "Corner Bakery" to confirm: ');
  });

  test('is refused for another name', async () => {
    await expect(confirmDeletion('Corner Bakery', false, '', terminal(true, 'corner bakery\n'))).rejects.toThrow(
      'Not confirmed: expected "Corner Bakery". Nothing was deleted.',
    );
  });

  test('needs --yes in a script', async () => {
    await expect(confirmDeletion('Corner Bakery', false, '', terminal(false, 'Corner Bakery\n'))).rejects.toThrow(
      'Not confirmed: pass --yes to delete without a terminal.',
    );
    await confirmDeletion('Corner Bakery', true, '', terminal(false));
  });
});
