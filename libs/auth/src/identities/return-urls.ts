// The URLs that a browser may return to. The operator names them; they are compared exactly (RFC 9700, section 4.1.3).
import { InvalidInputError } from '@mono/contract';
import { isLoopback } from './loopback.js';

/** The scheme of a native app is a reversed domain name (RFC 8252, section 7.1), so never `javascript:`. */
const PRIVATE_USE_SCHEME = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/;

/** Whether the setting may contain it. */
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
    { field: 'return_url', code: 'not_one_of', issue: 'must be one of the URLs that SIGN_IN_RETURN_URLS names' },
  ]);
}

/** The URL with one more parameter in its query. */
export function returnUrlWith(url: string, name: string, value: string): string {
  const target = new URL(url);
  target.searchParams.set(name, value);
  return target.href;
}
