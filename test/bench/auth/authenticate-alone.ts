// Measures the authentication of cached credentials alone, without HTTP and database.
import {
  makeApiKey,
  parseApiKey,
  RememberedKeys,
  RememberedPersonalTokens,
  RememberedUsers,
  type KeyVerifier,
  type TokenVerifier,
} from '@mono/auth/contract';
import { BearerAuthenticator } from '@mono/auth/feature';
import type { Principal } from '@mono/contract';

const CALLS = 200_000;
const PRINCIPAL: Principal = { kind: 'user', id: 'somebody', workspaceId: 'somewhere', scopes: ['*'] };

/** @param token a real access token. @returns microseconds per call. */
export async function authenticateAlone(token: string): Promise<{ keyUs: number; tokenUs: number }> {
  const keys = new RememberedKeys();
  const users = new RememberedUsers();
  const verify: KeyVerifier['verify'] = async (text) => {
    const sent = parseApiKey(text);
    if (!sent) throw new Error('Expected an API key.');
    const verdict = { principal: PRINCIPAL, allowedIps: null, expiresAt: null };
    return keys.recall(sent) ?? keys.learn(sent, () => Promise.resolve(verdict));
  };
  const verifyToken: TokenVerifier['verify'] = async (text, workspace) =>
    users.recall(text, workspace) ?? users.learn(text, workspace, () => Promise.resolve(PRINCIPAL));
  const recognisesToken: TokenVerifier['recognises'] = (text) => users.recognises(text);
  const authenticator = new BearerAuthenticator(
    { verify, recognises: () => true, expiryOf: () => undefined },
    { verify: verifyToken, recognises: recognisesToken, expiryOf: () => 0 },
    { verify: verifyToken, recognises: () => true, expiryOf: () => undefined },
    keys,
    users,
    new RememberedPersonalTokens(),
  );
  await microsecondsPerCall(authenticator, token);
  return {
    keyUs: await microsecondsPerCall(authenticator, makeApiKey('test')),
    tokenUs: await microsecondsPerCall(authenticator, token),
  };
}

async function microsecondsPerCall(authenticator: BearerAuthenticator, credential: string): Promise<number> {
  const sent = Buffer.from(`Bearer ${credential}`);
  const began = performance.now();
  for (let call = 0; call < CALLS; call += 1) {
    // A new string each time, like that of a parser.
    const authorization = sent.toString('latin1');
    await authenticator.authenticate({ authorization, workspace: undefined, address: '127.0.0.1' });
  }
  return ((performance.now() - began) / CALLS) * 1_000;
}
