// Signatures by Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
import { createHmac } from 'node:crypto';

export const SECRET_PREFIX = 'whsec_';
/** The specification's limits. */
const [MIN_SECRET_BYTES, MAX_SECRET_BYTES] = [24, 64];

export interface Signed {
  /** Without a full stop, which separates the parts. */
  webhookId: string;
  timestamp: Date;
  secrets: readonly string[];
  body: string;
}

/** The three headers. There is a signature for each secret, so that receivers accept the former one while a new one is rolled out. */
export function signatureHeaders({ webhookId, timestamp, secrets, body }: Signed): Record<string, string> {
  if (!/^[\w-]+$/.test(webhookId)) throw new TypeError('Invariant violated: a webhook id has other characters.');
  const seconds = Math.floor(timestamp.getTime() / 1_000);
  const signatures = secrets.map((secret) => {
    const digest = createHmac('sha256', keyOf(secret)).update(`${webhookId}.${seconds}.${body}`, 'utf8');
    return `v1,${digest.digest('base64')}`;
  });
  if (signatures.length === 0) throw new TypeError('Invariant violated: a webhook has no secret.');
  return {
    'webhook-id': webhookId,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatures.join(' '),
  };
}

/** @throws TypeError, without the secret in its message. */
function keyOf(secret: string): Buffer {
  const encoded = secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : '';
  const key = Buffer.from(encoded, 'base64');
  if (key.toString('base64') !== encoded || key.length < MIN_SECRET_BYTES || key.length > MAX_SECRET_BYTES)
    throw new TypeError(`Invariant violated: a webhook secret is not ${SECRET_PREFIX}<base64 of 24 to 64 bytes>.`);
  return key;
}
