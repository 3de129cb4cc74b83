// The secrets of one sign-in: 256 random bits each, of which only hashes are stored, as a slow hash would add nothing.
import { createHash, randomBytes } from 'node:crypto';

const BYTES = 32;

export function makeSecret(): string {
  return randomBytes(BYTES).toString('base64url');
}

export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
