// Subtasks of occurrences have deterministic ids, so that each is created once for good.
import { createHash } from 'node:crypto';

/**
 * UUIDv8 (RFC 9562, 5.8): the first 48 bits of the occurrence's task, and SHA-256 of the identity.
 * @param taskId of the occurrence. @param generation how often its template has removed the subtask.
 */
export function subtaskId(taskId: string, key: string, generation: number): string {
  const hash = createHash('sha256').update(`${taskId}|${key}|${generation}`).digest('hex');
  const variant = ((Number.parseInt(hash.charAt(0), 16) & 0x3) | 0x8).toString(16);
  return `${taskId.slice(0, 13)}-8${hash.slice(1, 4)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`;
}
