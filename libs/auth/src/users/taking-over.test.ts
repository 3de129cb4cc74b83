// Nobody gets in by a password that they once knew, or by an address that they claimed before its owner.
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
  await world.client.forgotPassword({ email }, STRANGER);
  const token = await world.token('reset', email);
  await world.client.resetPassword({ token, new_password: NEW_PASSWORD }, STRANGER);
}

describe('who asked for another address with a password that is known no more', () => {
  test('cannot take it after the password was set by a link', async () => {
    const { id, email, context } = await world.person();
    const new_email = world.newAddress();
    await world.client.changeEmail({ new_email, password: PASSWORD }, context);
    const token = await world.token('change_email', new_email);
    await resetPassword(email);
    await expect(world.client.confirmEmailChange({ token }, STRANGER)).rejects.toMatchObject({
      code: 'link_invalid',
    });
    expect(await stored(id)).toMatchObject({ email });
  });

  test('cannot take it after the password was changed', async () => {
    const { id, email, context } = await world.person();
    const new_email = world.newAddress();
    await world.client.changeEmail({ new_email, password: PASSWORD }, context);
    const token = await world.token('change_email', new_email);
    await world.client.changePassword({ current_password: PASSWORD, new_password: NEW_PASSWORD }, context);
    await expect(world.client.confirmEmailChange({ token }, STRANGER)).rejects.toMatchObject({
      code: 'link_invalid',
    });
    expect(await stored(id)).toMatchObject({ email });
  });

  test('cannot ask while it is set, nor delete the account', async () => {
    const { id, email, context } = await world.person();
    const new_email = world.newAddress();
    world.passwords.between = () => resetPassword(email);
    await expect(world.client.changeEmail({ new_email, password: PASSWORD }, context)).rejects.toMatchObject({
      code: 'wrong_password',
    });
    expect(await world.tokens('change_email', new_email)).toEqual([]);
    world.passwords.between = () => resetPassword(email);
    await expect(world.client.deleteMe({ password: NEW_PASSWORD }, context)).rejects.toMatchObject({
      code: 'wrong_password',
    });
    expect(await stored(id)).toMatchObject({ email });
  });
});

describe('who signs up first with an address that is not theirs', () => {
  test('does not get in by the link that its owner asks for once more', async () => {
    const email = world.newAddress();
    await world.client.signUp({ email, password: OF_THIEF, name: 'Eve' }, STRANGER);
    await world.client.signUp({ email, password: PASSWORD, name: 'Ada' }, STRANGER);
    await world.client.resendVerification({ email }, STRANGER);
    expect(await world.tokens('verify', email)).toEqual([null]);
    await expect(world.signIn(email, OF_THIEF)).rejects.toMatchObject({ code: 'invalid_credentials' });
    const token = await world.token('reset', email);
    await world.client.resetPassword({ token, new_password: PASSWORD }, STRANGER);
    await expect(world.signIn(email, OF_THIEF)).rejects.toMatchObject({ code: 'invalid_credentials' });
    const { id } = await world.signIn(email, PASSWORD);
    expect(await stored(id)).toMatchObject({ version: 3 });
  });

  test('changes nothing of an account whose address is proven', async () => {
    const { id, email } = await world.person();
    await world.client.signUp({ email, password: OF_THIEF, name: 'Eve' }, STRANGER);
    expect(await stored(id)).toMatchObject({ version: 2 });
    expect((await world.signIn(email, PASSWORD)).id).toBe(id);
  });
});
