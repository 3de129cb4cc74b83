// Sign-in with a real OpenID provider in its own process, and a browser that follows the redirects.
import { Client } from 'pg';
import { ApiClient, type ErrorBody } from '../support/api-client.ts';
import { createInstallation, TOPOLOGIES, type Installation } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { Browser, CLIENT, startOpenIdProvider, type OpenIdProcess, type Person } from '../support/openid-process.ts';
import { startServer, type ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import {
  Application,
  callbackOf,
  outcomeOf,
  PUBLIC_URL,
  RETURN_URL,
  type Started,
  type Tokens,
} from '../support/sign-in-by-provider.ts';

const PASSWORD = 'correct horse battery staple';
let people = 0;

/** A person with a unique address. */
function somebody(more: Partial<Person> = {}): Person {
  people += 1;
  return {
    subject: `subject-${people}`,
    email: `Person.${people}@example.com`,
    verified: true,
    name: `P ${people}`,
    ...more,
  };
}

interface Me {
  id: string;
  email: string;
  name: string;
  has_password: boolean;
  email_verified_at: string | null;
  workspaces: { name: string; role: string }[];
}

interface Identities {
  items: { id: string; provider: string; email: string }[];
}

function settingsFor(issuer: string): Record<string, string> {
  return {
    PUBLIC_URL,
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: CLIENT.id,
    OIDC_CLIENT_SECRET: CLIENT.secret,
    OIDC_NAME: 'Tests',
    SIGN_IN_RETURN_URLS: RETURN_URL,
  };
}

describe.each(TOPOLOGIES)('signing in with an OpenID provider, %s', (topology) => {
  let installation: Installation;
  let server: ServerProcess;
  /** A node without auth. */
  let edge: ServerProcess | undefined;
  let provider: OpenIdProcess;
  let database: Client;
  let app: Application;

  beforeAll(async () => {
    installation = await createInstallation(topology);
    const claims = { CLAIMS_IN_ID_TOKEN: String(topology === 'all in one') };
    provider = await startOpenIdProvider(callbackOf('oidc'), claims);
    server = await installation.startServer({ env: settingsFor(provider.issuer) });
    if (topology !== 'all in one') edge = await startEdge();
    app = new Application((edge ?? server).url, 'oidc');
    database = new Client({ connectionString: installation.database.url });
    await database.connect();
  });
  afterAll(async () => {
    await database?.end();
    await provider?.child.stop();
    await edge?.stop();
    await installation?.end();
  });

  function startEdge(): Promise<ServerProcess> {
    const { database, nats, key } = installation;
    return startServer({ databaseUrl: database.url, natsUrl: nats.url, key, env: { MODULES: 'tasks' } });
  }

  /** Signs in at the provider. @returns the flow, and the code that the browser returns. */
  async function visit(person: Person, begun?: Started): Promise<{ flow: string; code: string; callback: URL }> {
    const { authorization_url, flow } = begun ?? (await app.start());
    const callback = await new Browser().signIn(authorization_url, person);
    const { code, error } = await app.returned(callback);
    expect(error).toBeNull();
    return { flow, code, callback };
  }

  async function signIn(person: Person): Promise<Tokens> {
    const { flow, code } = await visit(person);
    const answer = await app.finish(flow, code);
    expect(outcomeOf(answer)).toBe(200);
    return answer.body;
  }

  async function me(tokens: Tokens): Promise<Me> {
    return (await app.signedIn(tokens).get<Me>('/v1/me')).body;
  }

  async function identitiesOf(tokens: Tokens): Promise<Identities['items']> {
    return (await app.signedIn(tokens).get<Identities>('/v1/me/identities')).body.items;
  }

  /** Creates an account with a password. */
  async function signUp({ email, name }: Person, { verified = true } = {}): Promise<void> {
    expect((await app.api.post('/v1/auth/sign-up', { email, name, password: PASSWORD })).status).toBe(202);
    if (!verified) return;
    await database.query(`UPDATE auth."user" SET email_verified_at = now() WHERE email_key = lower($1)`, [email]);
  }

  async function byPassword({ email }: Person): Promise<Tokens & Partial<ErrorBody>> {
    return (await app.api.post<Tokens & Partial<ErrorBody>>('/v1/auth/sign-in', { email, password: PASSWORD })).body;
  }

  async function usersWith({ email }: Person): Promise<number> {
    const { rows } = await database.query('SELECT id FROM auth."user" WHERE email_key = lower($1)', [email]);
    return rows.length;
  }

  test('a new person gets an account, and the same one at the next sign-in', async () => {
    expect((await app.api.get('/v1/auth/providers')).body).toEqual({ items: [{ id: 'oidc', name: 'Tests' }] });
    const ada = somebody({ name: 'Ada' });
    const first = await me(await signIn(ada));
    expect(first).toMatchObject({
      email: ada.email,
      name: 'Ada',
      has_password: false,
      email_verified_at: expect.any(String) as string,
      workspaces: [{ name: 'Ada', role: 'owner' }],
    });
    const tokens = await signIn({ ...ada, email: 'another@example.com', verified: false });
    expect((await me(tokens)).id).toBe(first.id);
    expect(await identitiesOf(tokens)).toEqual([expect.objectContaining({ provider: 'oidc' })]);
    const { rows } = await database.query<{ event: string; provider?: string }>(
      `SELECT payload ->> 'event' AS event, payload ->> 'provider' AS provider FROM auth.outbox
       WHERE aggregate_id = $1 ORDER BY event_id`,
      [first.id],
    );
    expect(rows).toEqual([
      { event: 'user_created', provider: null },
      { event: 'identity_linked', provider: 'oidc' },
      { event: 'signed_in', provider: 'oidc' },
      { event: 'signed_in', provider: 'oidc' },
    ]);
  });

  test('redirects the browser to the provider and back to PUBLIC_URL, with PKCE, state and nonce', async () => {
    const { authorization_url } = await app.start();
    const { origin, searchParams } = new URL(authorization_url);
    expect(origin).toBe(provider.issuer);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      redirect_uri: callbackOf('oidc'),
      code_challenge_method: 'S256',
      scope: 'openid email profile',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) expect(searchParams.get(name)).toMatch(/^[\w-]{43}$/);
    const returned = await app.comeBack(await new Browser().signIn(authorization_url, somebody()));
    expect(returned.status).toBe(303);
    expect(returned.headers.get('cache-control')).toBe('no-store');
    const location = new URL(returned.headers.get('location') ?? '');
    expect(`${location.origin}${location.pathname}`).toBe('https://app.example/signed-in');
    expect(Object.fromEntries(location.searchParams)).toEqual({
      from: 'mono',
      sign_in_code: expect.stringMatching(/^[\w-]{43}$/) as string,
    });
  });

  test('a page shows the code if no return URL is given', async () => {
    const { authorization_url, flow } = await app.start({});
    const page = await app.comeBack(await new Browser().signIn(authorization_url, somebody()));
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const [, code = ''] = /<code>([\w-]{43})<\/code>/.exec(await page.text()) ?? [];
    expect(outcomeOf(await app.finish(flow, code))).toBe(200);
  });

  test('accepts return URLs only if they match exactly', async () => {
    const refused = [
      'https://evil.example/',
      `${RETURN_URL}&more`,
      'https://app.example/signed-in',
      'javascript:alert(1)',
    ];
    for (const return_url of refused) {
      const answer = await app.api.post<ErrorBody>('/v1/auth/providers/oidc/start', { return_url });
      expect([answer.status, answer.body.error.details]).toEqual([
        422,
        [expect.objectContaining({ field: 'return_url' })],
      ]);
    }
    for (const id of ['github', 'google', 'nobody', '%00']) {
      const answer = await app.api.post<ErrorBody>(`/v1/auth/providers/${id}/start`, {});
      expect([answer.status, answer.body.error.code]).toEqual([404, 'provider_not_found']);
    }
  });

  test.each([
    ['state', 'the state of nobody', null],
    ['nonce', 'the nonce of nobody', 'provider_refused'],
    ['code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', 'provider_refused'],
  ])('rejects a changed %s', async (name, value, error) => {
    const { authorization_url, flow } = await app.start();
    const changed = new URL(authorization_url);
    changed.searchParams.set(name, value);
    const person = somebody();
    const answer = await app.comeBack(await new Browser().signIn(changed.href, person));
    const location = answer.headers.get('location');
    // An unknown state has no return URL.
    expect(error === null ? [answer.status, location] : new URL(location ?? '').searchParams.get('error')).toEqual(
      error ?? [400, null],
    );
    expect(outcomeOf(await app.finish(flow, 'A'.repeat(43)))).toBe('sign_in_invalid');
    expect(await usersWith(person)).toBe(0);
  });

  test.each([
    ['iss', 'https://evil.example'],
    ['iss', null],
    ['code', 'the code of nobody'],
    ['code', null],
  ])('rejects a response whose %s is %s', async (name, value) => {
    const { authorization_url, flow } = await app.start();
    const callback = await new Browser().signIn(authorization_url, somebody());
    if (value === null) callback.searchParams.delete(name);
    else callback.searchParams.set(name, value);
    expect(await app.returned(callback)).toEqual({ code: '', error: 'provider_refused' });
    expect(outcomeOf(await app.finish(flow, ''.padEnd(43, 'A')))).toBe('sign_in_invalid');
  });

  test('rejects a code of another sign-in', async () => {
    const [attacker, victim] = [await app.start(), await app.start()];
    const stolen = await new Browser().signIn(attacker.authorization_url, somebody());
    const callback = await new Browser().signIn(victim.authorization_url, somebody());
    callback.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    expect(await app.returned(callback)).toEqual({ code: '', error: 'provider_refused' });
    // The operator finds the reason in the log.
    await until('it is logged', () => server.output().includes('(invalid_grant)'));
  });

  test('accepts a response of the provider once', async () => {
    const { flow, code, callback } = await visit(somebody());
    expect((await app.comeBack(callback)).status).toBe(400);
    expect(outcomeOf(await app.finish(flow, code))).toBe(200);
    expect((await app.comeBack(callback)).status).toBe(400);
  });

  test('a HEAD request for the return URL does not use up the code', async () => {
    const { authorization_url, flow } = await app.start();
    const callback = await new Browser().signIn(authorization_url, somebody());
    await fetch(new URL(`${callback.pathname}${callback.search}`, app.api.url), { method: 'HEAD' });
    expect(outcomeOf(await app.finish(flow, (await app.returned(callback)).code))).toBe(200);
  });

  test('a code is valid once, and with its flow only', async () => {
    const [one, two] = [await visit(somebody()), await visit(somebody())];
    expect(outcomeOf(await app.finish(one.flow, two.code))).toBe('sign_in_invalid');
    expect(outcomeOf(await app.finish(two.flow, one.code))).toBe('sign_in_invalid');
    expect(outcomeOf(await app.finish(one.flow, one.flow))).toBe('sign_in_invalid');
    const answers = await Promise.all([app.finish(one.flow, one.code), app.finish(one.flow, one.code)]);
    expect(answers.map((answer) => String(outcomeOf(answer))).toSorted()).toEqual(['200', 'sign_in_invalid']);
    expect(outcomeOf(await app.finish(one.flow, one.code))).toBe('sign_in_invalid');
    expect(outcomeOf(await app.finish(two.flow, two.code))).toBe(200);
  });

  test('flow and code expire', async () => {
    const late = await app.start();
    const callback = await new Browser().signIn(late.authorization_url, somebody());
    await database.query(`UPDATE auth.sign_in_flow SET expires_at = now() WHERE state = 'begun'`);
    expect((await app.comeBack(callback)).status).toBe(400);
    const { flow, code } = await visit(somebody());
    const { rows } = await database.query<{ left: string }>(
      `UPDATE auth.sign_in_flow f SET expires_at = now() FROM auth.sign_in_flow b
       WHERE f.id = b.id AND f.state = 'proven' RETURNING extract(epoch FROM b.expires_at - now()) AS left`,
    );
    expect(Math.max(...rows.map(({ left }) => Number(left)))).toBeLessThanOrEqual(120);
    expect(outcomeOf(await app.finish(flow, code))).toBe('sign_in_invalid');
  });

  test('neither database nor log contains a secret of a sign-in', async () => {
    const { authorization_url, flow } = await app.start();
    const callback = await new Browser().signIn(authorization_url, somebody());
    const { code } = await app.returned(callback);
    const { rows } = await database.query<{ row: string }>('SELECT f::text AS row FROM auth.sign_in_flow f');
    const stored = `${rows.map(({ row }) => row).join()}${server.output()}${edge?.output()}`;
    const state = callback.searchParams.get('state') ?? '';
    expect(rows.length).toBeGreaterThan(0);
    for (const secret of [flow, code, state, callback.searchParams.get('code') ?? '', CLIENT.secret]) {
      expect(secret.length).toBeGreaterThan(20);
      expect(stored).not.toContain(secret);
      expect(stored).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });

  test('creates no account for an address that the provider has not verified', async () => {
    const person = somebody({ verified: false });
    const { flow, code } = await visit(person);
    expect(outcomeOf(await app.finish(flow, code))).toBe('provider_email_not_verified');
    expect(outcomeOf(await app.finish(flow, code))).toBe('sign_in_invalid');
    expect(await usersWith(person)).toBe(0);
  });

  test('returns the error of the provider after a cancellation', async () => {
    const { authorization_url, flow } = await app.start();
    const callback = await new Browser().signIn(authorization_url, somebody(), { cancels: true });
    expect(await app.returned(callback)).toEqual({ code: '', error: 'access_denied' });
    expect(outcomeOf(await app.finish(flow, 'A'.repeat(43)))).toBe('sign_in_invalid');
  });

  test('concurrent first sign-ins of a person create one account', async () => {
    const person = somebody();
    const visits = [await visit(person), await visit(person), await visit(person)];
    const answers = await Promise.all(visits.map(({ flow, code }) => app.finish(flow, code)));
    expect(answers.map(outcomeOf)).toEqual([200, 200, 200]);
    const ids = await Promise.all(answers.map(async ({ body }) => (await me(body)).id));
    expect(new Set(ids).size).toBe(1);
  });

  test('a sign-in finds a link that a concurrent one creates', async () => {
    const person = somebody();
    const { flow, code } = await visit(person);
    const { rows } = await database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await database.query('BEGIN');
    await database.query(
      `WITH made AS (
         INSERT INTO auth."user" (id, email, email_key, name, email_verified_at)
         VALUES (gen_random_uuid(), $1, lower($1), 'P', now()) RETURNING id
       )
       INSERT INTO auth.identity (id, user_id, provider, issuer, subject, email)
       SELECT gen_random_uuid(), id, 'oidc', $2, $3, $1 FROM made`,
      [person.email, provider.issuer, person.subject],
    );
    await database.query('LOCK TABLE auth."user" IN ACCESS EXCLUSIVE MODE');
    // It has not read the link yet, but will read the account.
    const finished = app.finish(flow, code);
    await until('the other sign-in waits', async () => {
      const waiting = await database.query('SELECT pid FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))', [
        rows[0]?.pid,
      ]);
      return waiting.rows.length > 0;
    });
    await database.query('COMMIT');
    expect(outcomeOf(await finished)).toBe(200);
  });

  test('only its owner can link an existing account, right after a sign-in', async () => {
    const owner = somebody();
    await signUp(owner);
    const { flow, code } = await visit(owner);
    expect(outcomeOf(await app.finish(flow, code))).toBe('link_required');
    // Not even a second time.
    expect(outcomeOf(await app.finish(flow, code))).toBe('sign_in_invalid');
    const stranger = await signIn(somebody());
    expect(outcomeOf(await app.link(stranger, flow, code))).toBe('identity_email_differs');
    const tokens = await byPassword(owner);
    expect(outcomeOf(await app.link(tokens, flow, `${code}A`))).toBe('sign_in_invalid');
    expect(outcomeOf(await app.link(tokens, flow, code))).toBe(201);
    expect(outcomeOf(await app.link(tokens, flow, code))).toBe('sign_in_invalid');
    const again = await signIn(owner);
    expect((await me(again)).id).toBe((await me(tokens)).id);
    expect(await identitiesOf(again)).toHaveLength(1);
  });

  test('an old session with new tokens cannot link an identity', async () => {
    const owner = somebody();
    await signUp(owner);
    const old = await byPassword(owner);
    await database.query(
      `UPDATE auth.session SET created_at = now() - interval '11 minutes'
       WHERE user_id = (SELECT id FROM auth."user" WHERE email_key = lower($1))`,
      [owner.email],
    );
    const { refresh_token } = old;
    const renewed = (await app.api.post<Tokens>('/v1/auth/refresh', { refresh_token })).body;
    const { flow, code } = await visit(owner);
    expect(outcomeOf(await app.link(renewed, flow, code))).toBe('fresh_sign_in_required');
    expect(await identitiesOf(renewed)).toEqual([]);
    expect(outcomeOf(await app.link(await byPassword(owner), flow, code))).toBe(201);
  });

  test('an identity cannot be linked to two accounts', async () => {
    const owner = somebody();
    const first = await signIn(owner);
    const moved = somebody();
    await database.query(`UPDATE auth."user" SET email = $1, email_key = lower($1) WHERE email_key = lower($2)`, [
      moved.email,
      owner.email,
    ]);
    await signUp(owner);
    const { flow, code } = await visit(owner);
    const second = await byPassword(owner);
    expect(outcomeOf(await app.link(second, flow, code))).toBe('identity_taken');
    expect(await identitiesOf(first)).toHaveLength(1);
    expect(await identitiesOf(second)).toEqual([]);
  });

  test('a stranger who signed up with the address before has no access to the account', async () => {
    const victim = somebody({ name: 'Victim' });
    await signUp({ ...victim, name: 'Call 0900-1' }, { verified: false });
    const mails = () =>
      database.query<{ used_at: string | null }>(
        `SELECT used_at FROM auth.email_token WHERE user_id = (SELECT id FROM auth."user" WHERE email_key = lower($1))`,
        [victim.email],
      );
    expect((await mails()).rows).toEqual([{ used_at: null }]);
    const tokens = await signIn(victim);
    expect(await me(tokens)).toMatchObject({
      name: 'Victim',
      has_password: false,
      email_verified_at: expect.any(String) as string,
      workspaces: [{ name: 'Victim', role: 'owner' }],
    });
    expect((await byPassword(victim)).error?.code).toBe('invalid_credentials');
    expect((await mails()).rows).toEqual([{ used_at: expect.any(Date) as Date }]);
    expect(await usersWith(victim)).toBe(1);
    // A later sign-up with the address only notifies the owner.
    await signUp(victim, { verified: false });
    expect((await byPassword(victim)).error?.code).toBe('invalid_credentials');
  });

  test('the last sign-in method cannot be removed; removing another one ends its sessions', async () => {
    const person = somebody();
    const here = await signIn(person);
    const [identity] = await identitiesOf(here);
    const path = `/v1/me/identities/${identity?.id}`;
    const other = app.signedIn(await signIn(somebody()));
    expect(outcomeOf(await other.delete<Partial<ErrorBody>>(path))).toBe('identity_not_found');
    expect(outcomeOf(await app.signedIn(here).delete<Partial<ErrorBody>>(path))).toBe('last_way_to_sign_in');
    const set = await app.signedIn(here).post('/v1/auth/change-password', { new_password: PASSWORD });
    expect(set.status).toBe(204);
    const elsewhere = await signIn(person);
    expect((await app.signedIn(here).delete(path)).status).toBe(204);
    expect((await app.api.post('/v1/auth/refresh', { refresh_token: elsewhere.refresh_token })).status).toBe(401);
    expect((await app.signedIn(here).get('/v1/me')).status).toBe(200);
    const { flow, code } = await visit(person);
    expect(outcomeOf(await app.finish(flow, code))).toBe('link_required');
  });

  test('a reset link sets a first password', async () => {
    const person = somebody();
    const { id } = await me(await signIn(person));
    const links = await MailLinks.open(installation);
    try {
      expect((await app.api.post('/v1/auth/forgot-password', { email: person.email })).status).toBe(202);
      const token = await links.token('reset', person.email);
      const reset = await app.api.post('/v1/auth/reset-password', { token, new_password: PASSWORD });
      expect(reset.status).toBe(204);
    } finally {
      await links.close();
    }
    expect((await me(await byPassword(person))).id).toBe(id);
    expect((await me(await signIn(person))).id).toBe(id);
  });

  test('a user without a password confirms changes by a fresh session', async () => {
    const person = somebody();
    const tokens = await signIn(person);
    const api = app.signedIn(tokens);
    const byAge = (minutes: number) =>
      database.query(
        `UPDATE auth.session SET created_at = now() - make_interval(mins => $2)
         WHERE user_id = (SELECT id FROM auth."user" WHERE email_key = lower($1))`,
        [person.email, minutes],
      );
    await byAge(11);
    const new_email = somebody().email;
    const demands = [
      () => api.post<Partial<ErrorBody>>('/v1/auth/change-password', { new_password: PASSWORD }),
      () => api.post<Partial<ErrorBody>>('/v1/auth/change-email', { new_email }),
      () => api.request<Partial<ErrorBody>>('DELETE', '/v1/me', { body: {} }),
      () => api.request<Partial<ErrorBody>>('DELETE', '/v1/me', { body: { password: '' } }),
    ];
    for (const demand of demands) expect(outcomeOf(await demand())).toBe('fresh_sign_in_required');
    await byAge(9);
    expect((await demands[1]?.())?.status).toBe(202);
    expect((await demands[0]?.())?.status).toBe(204);
    // From now on, the password is required.
    expect((await me(tokens)).has_password).toBe(true);
    expect(outcomeOf((await demands[2]?.()) ?? { status: 0, headers: new Headers(), body: {} })).toBe(
      'validation_error',
    );
    expect((await api.request('DELETE', '/v1/me', { body: { password: PASSWORD } })).status).toBe(204);
    expect(await usersWith(person)).toBe(0);
  });

  test('returns an error for a provider that is unreachable or does not answer', async () => {
    const quiet = await startOpenIdProvider(callbackOf('oidc'));
    const begun = await installation.startNode({ env: { ...settingsFor(quiet.issuer), MODULES: 'auth' } });
    try {
      const apart = new Application(begun.url, 'oidc');
      await quiet.child.kill('SIGSTOP');
      const start = () => new ApiClient(begun.url).post<ErrorBody>('/v1/auth/providers/oidc/start', {});
      const hanging = await start();
      expect([hanging.status, hanging.body.error.code]).toEqual([503, 'unavailable']);
      await quiet.child.kill('SIGCONT');
      const { authorization_url } = await apart.start();
      const callback = await new Browser().signIn(authorization_url, somebody());
      await quiet.child.kill('SIGKILL');
      expect(await apart.returned(callback)).toEqual({ code: '', error: 'unavailable' });
      // The discovery document is still cached.
      expect((await start()).status).toBe(200);
    } finally {
      await quiet.child.kill('SIGKILL');
    }
    const gone = await installation.startNode({ env: { ...settingsFor(quiet.issuer), MODULES: 'auth' } });
    const answer = await new ApiClient(gone.url).post<ErrorBody>('/v1/auth/providers/oidc/start', {});
    expect([answer.status, answer.body.error.code]).toEqual([503, 'unavailable']);
  });

  test('a provider creates no account if sign-up is disabled', async () => {
    const closed = await installation.startNode({
      env: { ...settingsFor(provider.issuer), MODULES: 'auth', SIGN_UP_ENABLED: 'false' },
    });
    const apart = new Application(closed.url, 'oidc');
    const person = somebody();
    const { authorization_url, flow } = await apart.start();
    const { code } = await apart.returned(await new Browser().signIn(authorization_url, person));
    // Another node may answer a request over the bus, so the closed node is called directly.
    const answer = await apart.finish(flow, code);
    expect([outcomeOf(answer), await usersWith(person)]).toEqual(['sign_up_disabled', 0]);
  });
});
