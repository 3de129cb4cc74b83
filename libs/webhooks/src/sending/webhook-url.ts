// The rules of a subscription's URL that need no look-up.
import { isIP } from 'node:net';
import { isAllowedAddress, type AddressPolicy } from './address-policy.js';

export interface UrlPolicy extends AddressPolicy {
  allowHttp: boolean;
}

export interface Target {
  url: URL;
  /** A name or an address, without brackets and without a final dot. */
  host: string;
  port: number;
  isSecure: boolean;
}

/** The issue of a refused URL: "must be …". */
export interface UrlFault {
  fault: string;
  isAddress: boolean;
}

const MAX_URL_CHARACTERS = 2_048;
/** Browsers drop or convert these, other programs do not. */
const AMBIGUOUS = /[\s\\\p{Cc}]/u;
const SMALLEST_FREE_PORT = 1_024;

export function parseWebhookUrl(text: string, policy: UrlPolicy): Target | UrlFault {
  if (text.length > MAX_URL_CHARACTERS) return refused(`must have at most ${MAX_URL_CHARACTERS} characters`);
  if (AMBIGUOUS.test(text)) return refused('must have no white space, backslashes or control characters');
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text))
    return refused('must be an absolute URL such as https://example.com/webhooks');
  const url = new URL(text);
  const isSecure = url.protocol === 'https:';
  if (!isSecure && !policy.allowHttp) return refused('must be an https URL');
  if (url.username !== '' || url.password !== '') return refused('must have no user name and no password');
  if (url.hash !== '' || text.endsWith('#')) return refused('must have no fragment');
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  if (port !== 80 && port !== 443 && port < SMALLEST_FREE_PORT)
    return refused(`must have the port 80, 443, or one from ${SMALLEST_FREE_PORT}`);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (!isAllowedHost(host, policy))
    return { fault: 'must have a public host, not a private or reserved one', isAddress: true };
  return { url, host, port, isSecure };
}

/** Names are checked again by their addresses: this only finds mistakes early. */
function isAllowedHost(host: string, policy: AddressPolicy): boolean {
  if (isIP(host) !== 0) return isAllowedAddress(host, policy);
  if (host === '') return false;
  return policy.allowPrivate || (host.includes('.') && !host.endsWith('.localhost'));
}

function refused(fault: string): UrlFault {
  return { fault, isAddress: false };
}
