// The id of an occurrence's task is deterministic, so that repeated requests create the same task.
import { createHash } from 'node:crypto';

const MAX_48_BITS = 2 ** 48 - 1;

/**
 * UUIDv8 (RFC 9562, 5.8): 48 bits of the start read as if it were UTC, in milliseconds, so that tasks lie in the order of
 * their occurrences; the rest from SHA-256 of the identity.
 * @param originalStart local, or the UTC instant of an `interval` rule.
 * @param generation how often the occurrence has come back after its task was gone.
 */
export function occurrenceTaskId(seriesId: string, originalStart: string, generation: number): string {
  const hash = createHash('sha256').update(`${seriesId.toLowerCase()}|${originalStart}|${generation}`).digest();
  const ms = Date.parse(originalStart.endsWith('Z') ? originalStart : `${originalStart}Z`);
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(Math.min(Math.max(ms, 0), MAX_48_BITS), 0, 6);
  hash.copy(bytes, 6, 0, 10);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
