// Access tokens, and the keys that sign them, over months of a clock that the test turns.
import { generateKeyPairSync } from 'node:crypto';
import { DomainError } from '@mono/contract';
import { decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose';
import { uuidv7 } from 'uuidv7';
import { createAuthWorld, type AuthWorld } from '../../testing/auth-world.js';
import { SecretKeys } from '../secrets/secret-keys.js';
import { AccessTokens } from './access-tokens.js';
import { SigningKeys } from './signing-keys.js';

const ISSUER = 'https://mono.example.com';
const SECRET = 'a secret of tests, long enough for all';
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let world: AuthWorld;
let time: number;
const subject = { userId: uuidv7(), sessionId: uuidv7() };

beforeAll(async () => {
  world = await createAuthWorld();
});
afterAll(() => world?.end());
beforeEach(async () => {
  time = Date.UTC(2026, 10, 21);
  await world.database.query('TRUNCATE auth.signing_key');
});

const now = (): number => time;

/** As another node, or the same one after a restart, sees them. */
function tokensOf(secrets: readonly string[] = [SECRET], issuer = ISSUER): AccessTokens {
  return new AccessTokens(new SigningKeys(world.database, new SecretKeys(secrets), now), issuer, now);
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof DomainError ? error.code : `no refusal: ${String(error)}`;
}

const kidOf = (token: string): string | undefined => decodeProtectedHeader(token).kid;

test('a token is good on every node for ten minutes', async () => {
  const [one, other] = [tokensOf(), tokensOf()];
  const token = await one.issue(subject);
  for (const tokens of [one, other]) expect(await tokens.verify(token)).toEqual(subject);
  time += 10 * MINUTE_MS - 1;
  expect(await tokensOf().verify(token)).toEqual(subject);
  time += 1;
  for (const tokens of [one, other, tokensOf()]) expect(await refusal(tokens.verify(token))).toBe('unauthorized');
});

test('of many nodes that need the first key at once, one makes it', async () => {
  const issued = await Promise.all(Array.from({ length: 8 }, () => tokensOf().issue(subject)));
  expect(new Set(issued.map(kidOf)).size).toBe(1);
  expect(await world.database.query('SELECT kid FROM auth.signing_key')).toHaveLength(1);
});

test('a new key signs after 30 days, and the old one verifies what it has signed', async () => {
  const running = tokensOf();
  const first = await running.issue(subject);
  time += 30 * DAY_MS - MINUTE_MS;
  const last = await running.issue(subject);
  expect(kidOf(last)).toBe(kidOf(first));
  time += MINUTE_MS;
  const next = await running.issue(subject);
  expect(kidOf(next)).not.toBe(kidOf(first));
  for (const tokens of [running, tokensOf()]) {
    expect(await tokens.verify(last)).toEqual(subject);
    expect(await tokens.verify(next)).toEqual(subject);
  }
  const { keys } = await new SigningKeys(world.database, new SecretKeys([SECRET]), now).jwks();
  expect(keys.map(({ kid }) => kid)).toEqual([kidOf(next), kidOf(first)]);
  time += 12 * MINUTE_MS;
  const later = await new SigningKeys(world.database, new SecretKeys([SECRET]), now).jwks();
  expect(later.keys.map(({ kid }) => kid)).toEqual([kidOf(next)]);
});

test('a token is good at once on the node that has made its key, whatever keys others have named there', async () => {
  const tokens = tokensOf();
  const unknown = await new SignJWT({})
    .setProtectedHeader({ alg: 'EdDSA', kid: 'unknown' })
    .sign(generateKeyPairSync('ed25519').privateKey);
  expect(await refusal(tokens.verify(unknown))).toBe('unauthorized');
  expect(await tokens.verify(await tokens.issue(subject))).toEqual(subject);
});

test('the next key is published a day before it signs, and known everywhere by then', async () => {
  const keys = new SigningKeys(world.database, new SecretKeys([SECRET]), now);
  const published = async (): Promise<string[]> => (await keys.jwks()).keys.map(({ kid }) => kid);
  await Promise.all([keys.prepare(), keys.prepare()]);
  const running = tokensOf();
  const first = kidOf(await running.issue(subject));
  expect(await published()).toEqual([first]);
  time += 29 * DAY_MS - 1;
  await keys.prepare();
  expect(await published()).toHaveLength(1);
  time += 1;
  await Promise.all([keys.prepare(), keys.prepare()]);
  const [next] = await published();
  expect(await published()).toEqual([next, first]);
  for (const tokens of [running, tokensOf()]) expect(kidOf(await tokens.issue(subject))).toBe(first);
  time += DAY_MS - 1;
  const other = tokensOf();
  await other.verify(await running.issue(subject));
  time += 1;
  const token = await running.issue(subject);
  expect(kidOf(token)).toBe(next);
  // It has read them within this second, and does not again.
  expect(await other.verify(token)).toEqual(subject);
});

test('a private key is in the database only sealed; with another secret a new one is made, with a former one it opens', async () => {
  const token = await tokensOf().issue(subject);
  const [row] = await world.database.query<{ private_key: Buffer; public_jwk: object }>(
    'SELECT * FROM auth.signing_key',
  );
  expect(Object.keys(row?.public_jwk ?? {}).toSorted()).toEqual(['crv', 'kty', 'x']);
  const der = Buffer.from('302e020100300506032b6570', 'hex');
  expect(row?.private_key.includes(der)).toBe(false);
  const replaced = tokensOf(['another secret of tests, long enough', SECRET]);
  expect(kidOf(await replaced.issue(subject))).toBe(kidOf(token));
  const forgotten = tokensOf(['another secret of tests, long enough']);
  expect(kidOf(await forgotten.issue(subject))).not.toBe(kidOf(token));
  expect(await forgotten.verify(token)).toEqual(subject);
});

test('whatever is no token of ours is refused in the same words', async () => {
  const tokens = tokensOf();
  const token = await tokens.issue(subject);
  const kid = kidOf(token) ?? '';
  const stranger = generateKeyPairSync('ed25519').privateKey;
  const claims = (signer = stranger, header: object = {}, payload: object = { sid: subject.sessionId }) =>
    new SignJWT({ ...payload })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid, ...header })
      .setSubject(subject.userId)
      .setIssuer(ISSUER)
      .setIssuedAt(Math.floor(time / 1_000))
      .setExpirationTime(Math.floor(time / 1_000) + 600)
      .sign(signer);
  const { privateKey } = await new SigningKeys(world.database, new SecretKeys([SECRET]), now).current();
  const [head, body, signature] = token.split('.') as [string, string, string];
  const others: Record<string, string> = {
    'of another key': await claims(),
    'of an unknown key': await claims(stranger, { kid: 'unknown' }),
    'of another type': await claims(privateKey, { typ: 'JWT' }),
    'without a session': await claims(privateKey, {}, {}),
    'with a session that is none': await claims(privateKey, {}, { sid: 'x' }),
    'of another issuer': await tokensOf([SECRET], 'https://elsewhere.example.com').issue(subject),
    unsigned: new UnsecuredJWT({ sid: subject.sessionId }).setSubject(subject.userId).encode(),
    'of another body': `${head}.${Buffer.from(JSON.stringify({ sub: uuidv7() })).toString('base64url')}.${signature}`,
    'without its signature': `${head}.${body}.`,
    'no token': 'a.b.c',
    nothing: '',
  };
  expect(await tokens.verify(await claims(privateKey))).toEqual(subject);
  for (const [name, other] of Object.entries(others)) {
    expect([name, await refusal(tokens.verify(other))]).toEqual([name, 'unauthorized']);
  }
});
