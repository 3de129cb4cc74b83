// The one name of "this user is told that this task is due then": the id of the event and, with it, the mail's Message-ID.
import { createHash } from 'node:crypto';

/** Of the form of a UUIDv7 whose time is the due date; the rest is a hash. @param dueAt RFC 3339. */
export function reminderId(taskId: string, dueAt: string, userId: string): string {
  const dueMs = Date.parse(dueAt);
  const hash = createHash('sha256').update(`${taskId} ${dueMs} ${userId}`).digest();
  hash.writeUIntBE(Math.max(0, dueMs), 0, 6);
  hash.writeUInt8(0x70 | (hash.readUInt8(6) & 0x0f), 6);
  hash.writeUInt8(0x80 | (hash.readUInt8(8) & 0x3f), 8);
  const hex = hash.toString('hex', 0, 16);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
