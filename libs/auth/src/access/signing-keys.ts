// The keys of access tokens: a new one every 30 days, created and published a day before it signs, or on first need. An old one
// verifies until the last token that it signed has expired. The database has the private half sealed.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database, Periodically, type Executor, type TransactionalExecutor } from '@mono/platform';
import type { JsonWebKeySet } from '../../contract/index.js';
import { CLOCK } from '../clock.js';
import {
  findSigningKeys,
  insertSigningKey,
  lockSigningKeys,
  type StoredSigningKey,
} from '../persistence/signing-keys.js';
import { SecretKeys } from '../secrets/secret-keys.js';

/** The lifetime of an access token. */
export const TOKEN_LIFETIME_SECONDS = 600;
const DAY_MS = 24 * 60 * 60 * 1_000;
const SIGNING_DAYS = 30;
/** Within this time every node, and every client that caches the published keys, reads the next one. */
const AHEAD_MS = DAY_MS;
/** How long a key verifies after its last signature: the lifetime of a token, and a margin for clock differences. */
const AFTERLIFE_MS = (TOKEN_LIFETIME_SECONDS + 60) * 1_000;
/** Minimum time between two reads of the keys because of a token that names an unknown one. */
const REREAD_MS = 1_000;
const PREPARE_INTERVAL_MS = 60 * 60 * 1_000;

export interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  retiresAt: number;
}

interface VerifyingKey {
  publicKey: KeyObject;
  /** From then on it verifies no more. */
  endsAt: number;
}

@Injectable()
export class SigningKeys {
  private signing: SigningKey | undefined;
  private verifying = new Map<string, VerifyingKey>();
  private readAt = Number.NEGATIVE_INFINITY;

  constructor(
    @Inject(Database) private readonly database: TransactionalExecutor,
    private readonly secrets: SecretKeys,
    @Inject(CLOCK) private readonly now: () => number,
  ) {}

  /** The key that signs now; a new one where the last has retired, or was sealed with a secret that is not known. */
  async current(): Promise<SigningKey> {
    const now = this.now();
    if (this.signing && this.signing.retiresAt > now) return this.signing;
    const signing = await this.database.transaction(async (on) => {
      const [oldest] = await this.lockOpenable(on, now);
      return oldest ?? this.add(on, now, now);
    });
    this.signing = signing;
    // Unknown keys that others have named must not keep this node from what it signs itself.
    const endsAt = signing.retiresAt + AFTERLIFE_MS;
    this.verifying.set(signing.kid, { publicKey: createPublicKey(signing.privateKey), endsAt });
    return signing;
  }

  /** Creates the first key, and each next one early enough that all nodes know it before it signs. */
  @Periodically({ everyMs: PREPARE_INTERVAL_MS, atStart: true, failure: 'Failed to prepare the next signing key' })
  async prepare(): Promise<void> {
    const now = this.now();
    await this.database.transaction(async (on) => {
      const retiresAt = (await this.lockOpenable(on, now)).at(-1)?.retiresAt ?? now;
      if (retiresAt - now <= AHEAD_MS) await this.add(on, now, retiresAt);
    });
  }

  /** @returns undefined for a key that is not known, or not any more. */
  async find(kid: string): Promise<KeyObject | undefined> {
    const now = this.now();
    if (!this.verifying.has(kid) && now - this.readAt >= REREAD_MS) await this.read();
    const found = this.verifying.get(kid);
    return found && found.endsAt > now ? found.publicKey : undefined;
  }

  async jwks(): Promise<JsonWebKeySet> {
    const rows = await findSigningKeys(this.database, new Date(this.now() - AFTERLIFE_MS));
    return {
      keys: rows.map(({ kid, public_jwk: { kty, crv, x } }) => ({ kty, crv, x, kid, alg: 'EdDSA', use: 'sig' })),
    };
  }

  private async read(): Promise<void> {
    const now = this.now();
    const rows = await findSigningKeys(this.database, new Date(now - AFTERLIFE_MS));
    this.verifying = new Map(
      rows.map(({ kid, public_jwk, retires_at }) => [
        kid,
        {
          publicKey: createPublicKey({ key: public_jwk, format: 'jwk' }),
          endsAt: Date.parse(retires_at) + AFTERLIFE_MS,
        },
      ]),
    );
    this.readAt = now;
  }

  /** Those that sign, now or later, the first one first. Nobody else makes one until the transaction ends. */
  private async lockOpenable(on: Executor, now: number): Promise<SigningKey[]> {
    await lockSigningKeys(on);
    const keys = (await findSigningKeys(on, new Date(now))).flatMap((stored) => this.open(stored) ?? []);
    return keys.toSorted((one, other) => one.retiresAt - other.retiresAt);
  }

  /** @param from when it begins to sign. */
  private async add(on: Executor, now: number, from: number): Promise<SigningKey> {
    const { key, row } = this.make(from);
    await insertSigningKey(on, row, { created: new Date(now), retires: new Date(key.retiresAt) });
    return key;
  }

  private make(from: number): { key: SigningKey; row: Pick<StoredSigningKey, 'kid' | 'public_jwk' | 'private_key'> } {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const { kty = '', crv = '', x = '' } = publicKey.export({ format: 'jwk' });
    const kid = createHash('sha256').update(x).digest('base64url').slice(0, 16);
    const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
    return {
      key: { kid, privateKey, retiresAt: from + SIGNING_DAYS * DAY_MS },
      row: { kid, public_jwk: { kty, crv, x }, private_key: this.secrets.seal('signing key', kid, pkcs8) },
    };
  }

  private open({ kid, private_key, retires_at }: StoredSigningKey): SigningKey | undefined {
    const pkcs8 = this.secrets.open('signing key', kid, private_key);
    if (!pkcs8) return undefined;
    const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    return { kid, privateKey, retiresAt: Date.parse(retires_at) };
  }
}
