// Where a browser may end: URLs that the operator has named, compared character by character (RFC 9700, section 4.1.3).
import { InvalidInputError } from '@mono/contract';
import { isLoopback } from './loopback.js';

/** Of an app on a phone or a desk: a domain name turned around (RFC 8252, section 7.1), so never `javascript:` and its like. */
const PRIVATE_USE_SCHEME = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/;

/** Whether it may be one at all. */
export function isReturnUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, hash, username, password } = new URL(text);
  if (text.includes('#') || hash !== '' || username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname)) || PRIVATE_USE_SCHEME.test(protocol);
}

/** @throws InvalidInputError */
export function requireReturnUrl(allowed: readonly string[], asked: string | undefined): void {
  if (asked === undefined || allowed.includes(asked)) return;
  throw new InvalidInputError([
    { field: 'return_url', issue: 'must be one of the URLs that SIGN_IN_RETURN_URLS names' },
  ]);
}

/** The URL with one more parameter in its query. */
export function returnUrlWith(url: string, name: string, value: string): string {
  const target = new URL(url);
  target.searchParams.set(name, value);
  return target.href;
}
