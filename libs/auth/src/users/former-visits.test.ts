import { defineRequest } from '@mono/bus';
import { PASSWORD, UsersWorld } from '../../testing/users-world.js';
import { FormerVisitsController, VISITS } from './former-visits.controller.js';

let world: UsersWorld;
beforeAll(async () => {
  world = await UsersWorld.create();
  const controller = new FormerVisitsController(world.bus) as unknown as Record<
    string,
    (...call: unknown[]) => unknown
  >;
  for (const { operation, former } of VISITS) {
    world.bus.handle(former, (visit, context) => Promise.resolve(controller[operation.key]?.(visit, context)));
  }
});
afterAll(() => world?.end());

/** As a node of the previous release calls. */
function visit(name: string, body?: object): Promise<unknown> {
  const contract = defineRequest<object | undefined, unknown>({ module: 'auth', name, internal: true });
  return world.bus.request(contract, body, { route: 'local-first' });
}

test('nodes of the previous release sign people up and in, from the address that they name', async () => {
  const email = world.newAddress();
  const from = { address: '192.0.2.7', user_agent: 'curl' };
  await visit('sign_up', { ...from, input: { email, password: PASSWORD, name: 'Ada' } });
  await visit('verify_email', { ...from, input: { token: await world.token('verify', email) } });
  expect(await visit('sign_in', { ...from, input: { email, password: PASSWORD } })).toMatchObject({
    token_type: 'Bearer',
  });
  expect(await world.world.database.query('SELECT ip, user_agent FROM auth.session')).toEqual([
    { ip: '192.0.2.7', user_agent: 'curl' },
  ]);
});

test('they name the provider beside the body, and list providers without one', async () => {
  const start = visit('start_provider_sign_in', { address: '192.0.2.7', provider: 'nowhere', input: {} });
  await expect(start).rejects.toMatchObject({ code: 'provider_not_found', details: { id: 'nowhere' } });
  expect(await visit('find_providers')).toEqual({ items: [] });
});

test('all of them are there, by their former names', () => {
  expect(VISITS.map(({ former }) => former.subject).toSorted()).toEqual(
    [
      'sign_up',
      'verify_email',
      'resend_verification',
      'sign_in',
      'refresh',
      'forgot_password',
      'reset_password',
      'confirm_email_change',
      'find_providers',
      'start_provider_sign_in',
      'finish_provider_sign_in',
    ]
      .map((name) => `internal.auth.${name}`)
      .toSorted(),
  );
});
