// The secrets that key the chain. They are outside of the database: who can write there cannot make a row that verifies.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '@mono/platform';

export class AuditKeys {
  private readonly secrets: ReadonlyMap<string, string>;
  /** Id of the secret with which new rows are hashed. */
  readonly currentId: string;

  /** @param secrets the current one first; rows of the others still verify. */
  constructor(secrets: readonly string[]) {
    const [current] = secrets;
    if (current === undefined) throw new TypeError('The audit trail needs a secret.');
    this.secrets = new Map(secrets.map((secret) => [idOf(secret), secret]));
    this.currentId = idOf(current);
  }

  /** @returns undefined for a key that is not known. */
  mac(keyId: string, parts: readonly unknown[]): Buffer | undefined {
    const secret = this.secrets.get(keyId);
    return secret === undefined ? undefined : createHmac('sha256', secret).update(canonicalJson(parts)).digest();
  }

  sign(parts: readonly unknown[]): Buffer {
    return this.mac(this.currentId, parts) ?? Buffer.alloc(0);
  }

  verifies(keyId: string, parts: readonly unknown[], signature: Buffer): boolean {
    const expected = this.mac(keyId, parts);
    return expected !== undefined && expected.length === signature.length && timingSafeEqual(expected, signature);
  }
}

/** Names a secret without revealing it. */
function idOf(secret: string): string {
  return createHash('sha256').update(`audit key\n${secret}`).digest('hex').slice(0, 12);
}
