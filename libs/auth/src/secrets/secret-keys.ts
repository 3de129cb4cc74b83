// Keys derived from SECRET_KEY, one per purpose. They compute secrets instead of storing them, or seal stored ones.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

export type Purpose = 'email link' | 'device' | 'signing key' | 'sign-in flow';

const KEY_BYTES = 32;
/** AES-GCM (NIST SP 800-38D) has 96 bits of nonce and 128 of tag. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

export class SecretKeys {
  private readonly keys = new Map<Purpose, readonly Buffer[]>();

  /** @param secrets the current one first. Former ones still open and derive. */
  constructor(private readonly secrets: readonly string[]) {
    if (secrets.length === 0) throw new TypeError('Invariant violated: SECRET_KEY is missing.');
  }

  /** HMAC-SHA-256 of the text with each secret, the current one first. */
  macs(purpose: Purpose, text: string): Buffer[] {
    return this.keysOf(purpose).map((key) => createHmac('sha256', key).update(text).digest());
  }

  /** @param name of the owner of the bytes: under another name they do not open. */
  seal(purpose: Purpose, name: string, bytes: Buffer): Buffer {
    const [key = Buffer.alloc(0)] = this.keysOf(purpose);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(name));
    const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** @returns undefined for bytes that no secret has sealed under this name. */
  open(purpose: Purpose, name: string, sealed: Buffer): Buffer | undefined {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    if (tag.length < TAG_BYTES) return undefined;
    for (const key of this.keysOf(purpose)) {
      try {
        const decipher = createDecipheriv(CIPHER, key, nonce).setAAD(Buffer.from(name)).setAuthTag(tag);
        return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
      } catch {
        // Sealed with another secret.
      }
    }
    return undefined;
  }

  private keysOf(purpose: Purpose): readonly Buffer[] {
    let keys = this.keys.get(purpose);
    if (!keys) {
      keys = this.secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', purpose, KEY_BYTES)));
      this.keys.set(purpose, keys);
    }
    return keys;
  }
}
