// Users over REST: sign-up, sign-in, sign-out, passwords, addresses, sessions and deletion. Responses do not reveal whether an
// account exists.
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { Session, Tokens, User } from '@mono/auth/contract';
import { ApiClient, type Answer, type ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient, type NatsAnswer } from '../support/nats-client.ts';
import { newAddress, PASSWORD, signIn, signUp, type Person } from '../support/people.ts';
import { sharedInstallation, type SharedInstallation, type SharedServer } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

const OTHER_PASSWORD = 'another horse, another battery';

interface Entry {
  action: string;
  source: string;
  actor: { kind: string; id: string };
  details: { id: string; changes: Record<string, { to: unknown }> };
}

/** Status and code of a refusal. */
function refusal({ status, body }: Answer<ErrorBody>): [number, string] {
  return [status, body.error.code];
}

/** A refusal over NATS without its request id. */
function saidOver({ status, body: { code, message } }: NatsAnswer<ErrorBody['error']>): unknown[] {
  return [status, code, message];
}

/** The user whose password was wrong. */
function refusedUser({ details }: Entry): unknown {
  return details.changes['user_id']?.to;
}

describe.each(TOPOLOGIES)('users, %s', (topology) => {
  let installation: SharedInstallation;
  let server: SharedServer;
  let links: MailLinks;
  let stranger: ApiClient;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ server } = installation);
    links = await MailLinks.open(installation);
    stranger = new ApiClient(server.url);
  });
  afterAll(() => links?.close());

  const auth = <Body = ErrorBody>(route: string, body: object, api = stranger): Promise<Answer<Body>> =>
    api.post<Body>(`/v1/auth/${route}`, body);
  const person = (): Promise<Person> => signUp(server.url, links);
  const as = ({ access_token }: Tokens): ApiClient => new ApiClient(server.url, access_token);
  const isIn = async (tokens: Tokens): Promise<boolean> => (await as(tokens).get('/v1/me')).status === 200;

  test('from sign-up to the first task', async () => {
    const email = newAddress('Ada.Byron');
    const input = { email, password: PASSWORD, name: 'Ada', timezone: 'Europe/London' };
    const signedUp = await auth('sign-up', input);
    expect([signedUp.status, signedUp.body]).toEqual([202, { status: 'accepted' }]);
    expect(refusal(await auth('sign-in', { email, password: PASSWORD }))).toEqual([403, 'email_not_verified']);
    const token = await links.token('verify', email);
    expect((await auth('verify-email', { token })).status).toBe(204);
    expect(refusal(await auth('verify-email', { token }))).toEqual([422, 'link_invalid']);
    const tokens = await signIn(server.url, email.toUpperCase());
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 600 });
    const me = await as(tokens).get<User>('/v1/me');
    expect(me.body).toMatchObject({ email, name: 'Ada', timezone: 'Europe/London', version: 2 });
    expect(me.body.workspaces).toMatchObject([{ name: 'Ada', role: 'owner' }]);
    expect(JSON.stringify(me.body)).not.toContain('argon');
    const list = await as(tokens).post<{ id: string }>('/v1/lists', { title: 'Engine' });
    const task = await as(tokens).post('/v1/tasks', { title: 'Write notes', list_id: list.body.id });
    expect([list.status, task.status]).toEqual([201, 201]);
  });

  test('an access token contains user and session only, and is verifiable by the published keys', async () => {
    const { id, tokens } = await person();
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', server.url));
    const { payload, protectedHeader } = await jwtVerify(tokens.access_token, keys);
    expect(protectedHeader).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' });
    expect(Object.keys(payload).toSorted()).toEqual(['exp', 'iat', 'iss', 'sid', 'sub']);
    expect([payload.sub, (payload.exp ?? 0) - (payload.iat ?? 0)]).toEqual([id, 600]);
    const forged = `${tokens.access_token.slice(0, -4)}AAAA`;
    expect(refusal(await new ApiClient(server.url, forged).get('/v1/me'))).toEqual([401, 'unauthorized']);
    const published = await stranger.get<{ keys: object[] }>('/.well-known/jwks.json');
    expect(JSON.stringify(published.body)).not.toContain('"d"');
  });

  test('a token is valid over NATS', async () => {
    const { tokens, email } = await person();
    const client = await NatsClient.connect(installation.nats.url, tokens.access_token);
    try {
      const me = await client.call('api.auth.get_me', {});
      expect([me.status, (me.body as User).email]).toEqual([200, email]);
      const key = await NatsClient.connect(installation.nats.url, installation.key);
      expect((await key.call('api.auth.get_me', {})).status).toBe(403);
      await key.close();
    } finally {
      await client.close();
    }
  });

  test('serves sign-up, sign-in and refresh over NATS without a credential', async () => {
    const email = newAddress();
    const client = await NatsClient.connect(installation.nats.url, '');
    try {
      const call = <Body>(name: string, body: object) => client.call<Body>(`api.auth.${name}`, body);
      const signedUp = await call('sign_up', { email, password: PASSWORD, name: 'Ada' });
      expect([signedUp.status, signedUp.body]).toEqual([200, { status: 'accepted' }]);
      const early = await call('sign_in', { email, password: PASSWORD });
      expect([early.status, early.header('Nats-Service-Error')]).toEqual([403, 'email_not_verified']);
      await call('verify_email', { token: await links.token('verify', email) });
      const { body } = await call<Tokens>('sign_in', { email, password: PASSWORD });
      const sessions = await as(body).get<{ items: Session[] }>('/v1/me/sessions');
      expect(sessions.body.items).toMatchObject([{ ip: expect.stringMatching(/^nats:/), user_agent: null }]);
      const renewed = await call<Tokens>('refresh', { refresh_token: body.refresh_token });
      expect(await isIn(renewed.body)).toBe(true);
      const wrong = await call<ErrorBody['error']>('sign_in', { email, password: OTHER_PASSWORD });
      const unknown = await call<ErrorBody['error']>('sign_in', {
        email: newAddress('nobody'),
        password: OTHER_PASSWORD,
      });
      expect([wrong.status, wrong.header('Nats-Service-Error')]).toEqual([401, 'invalid_credentials']);
      expect(saidOver(unknown)).toEqual(saidOver(wrong));
      const providers = await stranger.get('/v1/auth/providers');
      expect((await call('find_providers', {})).body).toEqual(providers.body);
    } finally {
      await client.close();
    }
  });

  test('responses do not reveal whether an account exists', async () => {
    const { email } = await person();
    const nobody = newAddress('nobody');
    for (const route of ['sign-up', 'resend-verification', 'forgot-password']) {
      const more = route === 'sign-up' ? { password: OTHER_PASSWORD, name: 'Eve' } : {};
      const [known, unknown] = [await auth(route, { email, ...more }), await auth(route, { email: nobody, ...more })];
      expect([known.status, known.body]).toEqual([unknown.status, unknown.body]);
    }
    const wrong = await auth('sign-in', { email, password: OTHER_PASSWORD });
    const unknown = await auth('sign-in', { email: newAddress('nobody'), password: OTHER_PASSWORD });
    expect(refusal(wrong)).toEqual([401, 'invalid_credentials']);
    expect([unknown.status, unknown.body.error.message]).toEqual([401, wrong.body.error.message]);
    // A sign-up with a known address does not change the account, and its owner gets a mail.
    expect(await signIn(server.url, email)).toHaveProperty('access_token');
    expect(await links.count('reset', email)).toBe(2);
    expect(await links.count('verify', email)).toBe(1);
  });

  test('the owner of an address gets it after a stranger has signed up with it', async () => {
    const email = newAddress();
    await auth('sign-up', { email, password: 'the password of a thief', name: 'Eve' });
    const claimed = await links.token('verify', email);
    await auth('sign-up', { email, password: PASSWORD, name: 'Ada' });
    expect(refusal(await auth('verify-email', { token: claimed }))).toEqual([422, 'link_invalid']);
    const token = await links.token('reset', email);
    expect((await auth('reset-password', { token, new_password: PASSWORD })).status).toBe(204);
    expect(refusal(await auth('sign-in', { email, password: 'the password of a thief' }))).toEqual([
      401,
      'invalid_credentials',
    ]);
    expect(await isIn(await signIn(server.url, email))).toBe(true);
  });

  test('a refresh token is valid once, and a second use ends the session', async () => {
    const { tokens } = await person();
    const renewed = await auth<Tokens>('refresh', { refresh_token: tokens.refresh_token });
    expect(renewed.status).toBe(200);
    expect(await isIn(renewed.body)).toBe(true);
    expect(refusal(await auth('refresh', { refresh_token: tokens.refresh_token }))).toEqual([401, 'unauthorized']);
    expect(refusal(await auth('refresh', { refresh_token: renewed.body.refresh_token }))).toEqual([
      401,
      'unauthorized',
    ]);
    await until('the session is refused', async () => !(await isIn(renewed.body)));
  });

  test('one of 20 concurrent uses of a refresh token succeeds, and the session continues', async () => {
    const { tokens } = await person();
    const { refresh_token } = tokens;
    const answers = await Promise.all(Array.from({ length: 20 }, () => auth<Tokens>('refresh', { refresh_token })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
  });

  test('sign-out ends this session, or all sessions', async () => {
    const { email, tokens: one } = await person();
    const [two, three] = [await signIn(server.url, email), await signIn(server.url, email)];
    expect((await auth('sign-out', {}, as(one))).status).toBe(204);
    await until('it is out', async () => !(await isIn(one)));
    expect([await isIn(two), await isIn(three)]).toEqual([true, true]);
    expect((await auth('sign-out-all', {}, as(two))).status).toBe(204);
    await until('all are out', async () => !(await isIn(two)) && !(await isIn(three)));
    expect(refusal(await auth('refresh', { refresh_token: three.refresh_token }))).toEqual([401, 'unauthorized']);
  });

  test('sessions are listed and revoked', async () => {
    const { email, api } = await person();
    const other = await signIn(server.url, email);
    const found = await api.get<{ items: Session[] }>('/v1/me/sessions');
    expect(found.body.items.map(({ current }) => current).filter(Boolean)).toHaveLength(1);
    expect(found.body.items).toHaveLength(2);
    const others = found.body.items.find(({ current }) => !current);
    expect((await api.delete(`/v1/me/sessions/${others?.id}`)).status).toBe(204);
    await until('it is out', async () => !(await isIn(other)));
    expect(refusal(await api.delete<ErrorBody>(`/v1/me/sessions/${others?.id}`))).toEqual([404, 'session_not_found']);
    const { api: eve } = await person();
    const own = found.body.items.find(({ current }) => current);
    expect(refusal(await eve.delete<ErrorBody>(`/v1/me/sessions/${own?.id}`))).toEqual([404, 'session_not_found']);
    expect((await api.get('/v1/me')).status).toBe(200);
  });

  test('a change of the password ends all other sessions', async () => {
    const { email, api } = await person();
    const other = await signIn(server.url, email);
    const wrong = { current_password: 'not this one', new_password: OTHER_PASSWORD };
    expect(refusal(await auth('change-password', wrong, api))).toEqual([403, 'wrong_password']);
    const change = { current_password: PASSWORD, new_password: OTHER_PASSWORD };
    expect((await auth('change-password', change, api)).status).toBe(204);
    await until('the other is out', async () => !(await isIn(other)));
    expect((await api.get('/v1/me')).status).toBe(200);
    expect((await auth('sign-in', { email, password: PASSWORD })).status).toBe(401);
    expect(await isIn(await signIn(server.url, email, OTHER_PASSWORD))).toBe(true);
  });

  test('the last reset link sets the password once, and ends all sessions', async () => {
    const { email, tokens } = await person();
    await auth('forgot-password', { email });
    const token = await links.token('reset', email);
    expect(refusal(await auth('reset-password', { token, new_password: 'short' }))[0]).toBe(422);
    expect((await auth('reset-password', { token, new_password: OTHER_PASSWORD })).status).toBe(204);
    expect(refusal(await auth('reset-password', { token, new_password: PASSWORD }))).toEqual([422, 'link_invalid']);
    await until('the session is out', async () => !(await isIn(tokens)));
    expect(await isIn(await signIn(server.url, email, OTHER_PASSWORD))).toBe(true);
  });

  test('a new address is used after its link was followed, and the old one gets a notice', async () => {
    const { email, api } = await person();
    const new_email = newAddress('countess');
    expect((await auth('change-email', { new_email, password: PASSWORD }, api)).status).toBe(202);
    expect((await api.get<User>('/v1/me')).body.email).toBe(email);
    const token = await links.token('change_email', new_email);
    expect((await auth('confirm-email-change', { token })).status).toBe(204);
    expect((await api.get<User>('/v1/me')).body.email).toBe(new_email);
    expect(await links.last('notice', email)).toMatchObject({ address: email, url: null });
    expect((await auth('sign-in', { email, password: PASSWORD })).status).toBe(401);
    // An address that is in use gets the same response and no mail.
    const { email: taken } = await person();
    expect((await auth('change-email', { new_email: taken, password: PASSWORD }, api)).status).toBe(202);
    expect(await links.count('change_email', taken)).toBe(0);
  });

  test('a link opens a page, which uses the token only when its button is pressed', async () => {
    const email = newAddress();
    await auth('sign-up', { email, password: PASSWORD, name: 'Ada' });
    const { pathname, search, searchParams } = new URL((await links.last('verify', email)).url ?? '');
    for (const headers of [{}, { accept: 'text/html' }]) {
      const page = await stranger.get<string>(`${pathname}${search}`, headers);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(page.body).toContain('<form method="post" action="/verify-email">');
    }
    const press = (): Promise<Answer<string>> =>
      stranger.request<string>('POST', pathname, {
        rawBody: new URLSearchParams({ token: searchParams.get('token') ?? '' }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    const pressed = await press();
    expect([pressed.status, pressed.body]).toEqual([200, expect.stringContaining('Your address is confirmed')]);
    expect((await press()).status).toBe(422);
    expect(await isIn(await signIn(server.url, email))).toBe(true);
    const form = { rawBody: 'title=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect((await server.api.request('POST', '/v1/lists', form)).status).toBe(415);
  });

  test('name and zone can be updated with the current version', async () => {
    const { api } = await person();
    const before = await api.get<User>('/v1/me');
    const etag = before.headers.get('etag') ?? '';
    const changed = await api.patch<User>('/v1/me', { timezone: 'Asia/Tokyo' }, { 'if-match': etag });
    expect(changed.body).toMatchObject({ timezone: 'Asia/Tokyo', version: before.body.version + 1 });
    expect((await api.patch('/v1/me', { name: 'Late' }, { 'if-match': etag })).status).toBe(412);
    const faulty = await api.patch<ErrorBody>('/v1/me', { email: 'x@example.com' });
    expect(refusal(faulty)).toEqual([422, 'read_only_field']);
  });

  test('deleting an account deletes its workspaces without other members', async () => {
    const { email, api, tokens } = await person();
    const key = await api.post<{ key: string }>('/v1/api-keys', { name: 'Mine', scopes: ['*'] });
    const keyed = new ApiClient(server.url, key.body.key);
    expect((await keyed.get('/v1/lists')).status).toBe(200);
    for (const title of ['One', 'Two']) await api.post('/v1/tasks', { title });
    const [{ id: workspace } = { id: '' }] = (await api.get<User>('/v1/me')).body.workspaces;
    const left = async (): Promise<unknown[]> =>
      (await links.database.query('SELECT id FROM tasks.task WHERE workspace_id = $1', [workspace])).rows;
    expect(await left()).toHaveLength(2);
    const wrong = await api.request<ErrorBody>('DELETE', '/v1/me', { body: { password: 'no' } });
    expect(refusal(wrong)).toEqual([403, 'wrong_password']);
    expect((await api.request('DELETE', '/v1/me', { body: { password: PASSWORD } })).status).toBe(204);
    await until('the session is out', async () => !(await isIn(tokens)));
    await until('the tasks are gone', async () => (await left()).length === 0);
    expect((await auth('sign-in', { email, password: PASSWORD })).status).toBe(401);
    await until('the key is refused', async () => (await keyed.get('/v1/lists')).status === 401);
    expect(await links.last('notice', email)).toMatchObject({ address: email, name: null, url: null });
    // The address can be used again.
    expect(await isIn((await signUp(server.url, links, email)).tokens)).toBe(true);
  });

  test('the audit trail records sign-ins and refusals without passwords and addresses', async () => {
    const { id, email } = await person();
    await auth('sign-in', { email, password: 'guess number one' });
    await auth('sign-in', { email: 'nobody.at.all@example.com', password: 'guess number two' });
    const trail = async (action: string): Promise<Entry[]> =>
      (await server.api.get<{ items: Entry[] }>(`/v1/admin/audit?action=${action}&limit=500&order_dir=desc`)).body
        .items;
    await until('the sign-in is there', async () =>
      (await trail('user.signed_in')).some(({ actor, source }) => actor.id === id && source === '127.0.0.1'),
    );
    await until('the refusals are there', async () => {
      const refused = new Set((await trail('sign_in.refused')).map(refusedUser));
      return refused.has(id) && refused.has(null);
    });
    const everything = JSON.stringify((await server.api.get('/v1/admin/audit?limit=500&order_dir=desc')).body);
    for (const secret of [email, 'guess number', 'nobody.at.all', PASSWORD]) expect(everything).not.toContain(secret);
  });

  test('after a weak password, the page of a reset shows the reason and the form again', async () => {
    const { email } = await person();
    await auth('forgot-password', { email });
    const { pathname, searchParams } = new URL((await links.last('reset', email)).url ?? '');
    const token = searchParams.get('token') ?? '';
    const press = (new_password: string): Promise<Answer<string>> =>
      stranger.request<string>('POST', pathname, {
        rawBody: new URLSearchParams({ token, new_password }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    const refused = await press('Password1!');
    expect(refused.status).toBe(422);
    expect(refused.body).toMatch(/role="alert">The password is too easy to guess: /);
    expect(refused.body).toContain(`For the account of ${email}.`);
    expect(refused.body).toContain(`name="token" value="${token}"`);
    expect((await press(OTHER_PASSWORD)).status).toBe(200);
    const used = await press(OTHER_PASSWORD);
    expect([used.status, used.body]).toEqual([422, expect.not.stringContaining('<form')]);
  });

  test('returns 422 with the names of invalid fields', async () => {
    const faulty = await auth('sign-up', { email: 'no address', password: 'short', name: ' ', timezone: 'Mars', x: 1 });
    expect(faulty.status).toBe(422);
    const fields = JSON.stringify(faulty.body.error.details);
    for (const field of ['email', 'password', 'name', 'timezone']) expect(fields).toContain(field);
    for (const password of ['password', 'Password1!']) {
      const weak = await auth('sign-up', { email: newAddress(), password, name: 'Ada' });
      expect([weak.status, JSON.stringify(weak.body.error.details)]).toEqual([
        422,
        expect.stringMatching(/"password".*too easy to guess/),
      ]);
    }
    const key = server.api;
    expect(refusal(await key.get<ErrorBody>('/v1/me'))).toEqual([403, 'forbidden']);
    expect(refusal(await auth('sign-in', { email: 'a@example.com', password: 'x'.repeat(257) }))[0]).toBe(422);
  });
});
