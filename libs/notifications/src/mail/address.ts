// Valid addresses are a strict subset of RFC 5321 without quotes, comments, lists or address literals, so that an address has
// the same meaning in every header.
import { domainToASCII } from 'node:url';

const LOCAL_PART = /^[^\s\p{C}"(),:;<>@[\\\].]+(?:\.[^\s\p{C}"(),:;<>@[\\\].]+)*$/u;
const DOMAIN = /^[\p{L}\p{M}\p{N}.-]+$/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
/** In octets, as RFC 5321 4.5.3.1 counts them. */
const MAX_LOCAL_PART = 64;
const MAX_DOMAIN = 253;
const MAX_ADDRESS = 254;

export function isAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1 || Buffer.byteLength(text) > MAX_ADDRESS) return false;
  const localPart = text.slice(0, at);
  return LOCAL_PART.test(localPart) && Buffer.byteLength(localPart) <= MAX_LOCAL_PART && isDomain(text.slice(at + 1));
}

/** The domain of a valid address, in ASCII. */
export function domainOf(address: string): string {
  return domainToASCII(address.slice(address.lastIndexOf('@') + 1));
}

function isDomain(text: string): boolean {
  // Checked before IDNA, which would drop a path or query after the domain.
  if (!DOMAIN.test(text)) return false;
  const labels = domainToASCII(text).split('.');
  return (
    labels.join('.').length <= MAX_DOMAIN &&
    labels.every((label) => LABEL.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '')
  );
}

export interface Sender {
  /** The display name; may be empty. */
  name: string;
  address: string;
}

/** `Mono <mono@example.com>` or `mono@example.com`; undefined otherwise. */
export function senderOf(text: string): Sender | undefined {
  const [, name = '', inBrackets] = /^([^<>"\p{C}]*)<([^<>]+)>$/u.exec(text) ?? [];
  const sender = { name: name.trim(), address: inBrackets ?? text };
  return isAddress(sender.address) ? sender : undefined;
}
