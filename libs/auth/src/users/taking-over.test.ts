// What is left to somebody who once knew a password, or claimed an address before its owner did: nothing.
import type { StoredUser } from '../persistence/users.js';
import { PASSWORD, STRANGER, UsersWorld } from '../../testing/users-world.js';

const NEW_PASSWORD = 'another horse, another battery';
const OF_THIEF = 'the password of a thief';

let world: UsersWorld;
beforeAll(async () => {
  world = await UsersWorld.create();
});
afterAll(() => world?.end());

async function stored(id: string): Promise<Pick<StoredUser, 'email' | 'version'> | undefined> {
  const [row] = await world.world.database.query<StoredUser>('SELECT email, version FROM auth."user" WHERE id = $1', [
    id,
  ]);
  return row;
}

async function resetPassword(email: string): Promise<void> {
  await world.useCases.forgotPassword(STRANGER, { email });
  const token = await world.token('reset', email);
  await world.useCases.resetPassword(STRANGER, { token, new_password: NEW_PASSWORD });
}

describe('who asked for another address with a password that is known no more', () => {
  test('cannot take it after the password was set by a link', async () => {
    const { id, email, context } = await world.person();
    const new_email = world.newAddress();
    await world.useCases.changeEmail(context, { new_email, password: PASSWORD });
    const token = await world.token('change_email', new_email);
    await resetPassword(email);
    await expect(world.useCases.confirmEmailChange(STRANGER, { token })).rejects.toMatchObject({
      code: 'link_invalid',
    });
    expect(await stored(id)).toMatchObject({ email });
  });

  test('cannot take it after the password was changed', async () => {
    const { id, email, context } = await world.person();
    const new_email = world.newAddress();
    await world.useCases.changeEmail(context, { new_email, password: PASSWORD });
    const token = await world.token('change_email', new_email);
    await world.useCases.changePassword(context, { current_password: PASSWORD, new_password: NEW_PASSWORD });
    await expect(world.useCases.confirmEmailChange(STRANGER, { token })).rejects.toMatchObject({
      code: 'link_invalid',
    });
    expect(await stored(id)).toMatchObject({ email });
  });

  test('cannot ask while it is set, nor delete the account', async () => {
    const { id, email, context } = await world.person();
    const new_email = world.newAddress();
    world.passwords.between = () => resetPassword(email);
    await expect(world.useCases.changeEmail(context, { new_email, password: PASSWORD })).rejects.toMatchObject({
      code: 'wrong_password',
    });
    expect(await world.tokens('change_email', new_email)).toEqual([]);
    world.passwords.between = () => resetPassword(email);
    await expect(world.useCases.deleteMe(context, { password: NEW_PASSWORD })).rejects.toMatchObject({
      code: 'wrong_password',
    });
    expect(await stored(id)).toMatchObject({ email });
  });
});

describe('who signs up first with an address that is not theirs', () => {
  test('does not get in by the link that its owner asks for once more', async () => {
    const email = world.newAddress();
    await world.useCases.signUp(STRANGER, { email, password: OF_THIEF, name: 'Eve' });
    await world.useCases.signUp(STRANGER, { email, password: PASSWORD, name: 'Ada' });
    await world.useCases.resendVerification(STRANGER, { email });
    expect(await world.tokens('verify', email)).toEqual([null]);
    await expect(world.signIn(email, OF_THIEF)).rejects.toMatchObject({ code: 'invalid_credentials' });
    const token = await world.token('reset', email);
    await world.useCases.resetPassword(STRANGER, { token, new_password: PASSWORD });
    await expect(world.signIn(email, OF_THIEF)).rejects.toMatchObject({ code: 'invalid_credentials' });
    const { id } = await world.signIn(email, PASSWORD);
    expect(await stored(id)).toMatchObject({ version: 3 });
  });

  test('changes nothing of an account whose address is proven', async () => {
    const { id, email } = await world.person();
    await world.useCases.signUp(STRANGER, { email, password: OF_THIEF, name: 'Eve' });
    expect(await stored(id)).toMatchObject({ version: 2 });
    expect((await world.signIn(email, PASSWORD)).id).toBe(id);
  });
});
