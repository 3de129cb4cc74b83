// Verifies a webhook by Standard Webhooks: signature and time, over the bytes that have arrived.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A webhook older or newer than this may be a replay. */
const TOLERANCE_SECONDS = 5 * 60;

export class VerificationError extends Error {}

/**
 * @param secrets `whsec_<base64>`; several while a secret is rotated.
 * @returns the id, which is the same for each attempt of one delivery.
 * @throws VerificationError
 */
export function verify(
  headers: IncomingHttpHeaders,
  body: Buffer,
  secrets: readonly string[],
  now = new Date(),
): string {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    String(headers[name] ?? ''),
  ) as [string, string, string];
  if (id === '' || !/^\d{1,12}$/.test(timestamp)) throw new VerificationError('The headers are incomplete.');
  if (Math.abs(now.getTime() / 1_000 - Number(timestamp)) > TOLERANCE_SECONDS)
    throw new VerificationError('The timestamp is too old or too new.');
  const received = signatures.split(' ').filter((signature) => signature.startsWith('v1,'));
  const expected = secrets.map((secret) => {
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
  });
  if (!expected.some((one) => received.some((other) => isEqual(one, other))))
    throw new VerificationError('The signature is invalid.');
  return id;
}

/** Takes the same time wherever the texts differ. */
function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
