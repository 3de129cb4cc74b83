// The token of an unsubscribe link: `<user and workspace>.<kind>.<signature>`, in base64url. It is valid for ever, since mails are
// kept for ever, and only turns off one kind of mail.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { OPTIONAL_MAILS, type OptionalMail } from '../../contract/index.js';

export interface LinkFacts {
  userId: string;
  /** The workspace that the mail is about. */
  workspaceId: string;
  kind: OptionalMail;
}

const UUID_BYTES = 16;
const FORM = /^([\w-]{43})\.([a-z_]{1,32})\.([\w-]{43})$/;

export function linkToken(key: Buffer, { userId, workspaceId, kind }: LinkFacts): string {
  const ids = Buffer.concat([userId, workspaceId].map(bytesOf));
  const signed = `${ids.toString('base64url')}.${kind}`;
  return `${signed}.${signatureOf(key, signed).toString('base64url')}`;
}

/** @returns undefined for a token that the key has not signed. */
export function readLinkToken(key: Buffer, token: string): LinkFacts | undefined {
  const [, ids = '', , signature = ''] = FORM.exec(token) ?? [];
  const kind = kindOf(token);
  if (kind === undefined) return undefined;
  const given = Buffer.from(signature, 'base64url');
  const right = signatureOf(key, `${ids}.${kind}`);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const bytes = Buffer.from(ids, 'base64url');
  return { kind, userId: uuidOf(bytes, 0), workspaceId: uuidOf(bytes, UUID_BYTES) };
}

/** The kind of mail that a token names, whether its signature is valid or not. */
export function kindOf(token: string): OptionalMail | undefined {
  const name = FORM.exec(token)?.[2];
  return OPTIONAL_MAILS.find((kind) => kind === name);
}

function signatureOf(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(`unsubscribe ${text}`).digest();
}

function bytesOf(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

function uuidOf(bytes: Buffer, start: number): string {
  const hex = bytes.toString('hex', start, start + UUID_BYTES);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
