// The part of an address that counts for rate limits. A client with an IPv6 address usually has 2^64 of them.
import { isIPv6 } from 'node:net';

const GROUPS = 8;
/** Groups of 16 bits: a /64. */
const COUNTED_GROUPS = 4;

/**
 * @returns the /64 network of an IPv6 address, such as `2001:db8:0:1::/64`; an IPv4 address, also if mapped to IPv6; other text
 * unchanged.
 */
export function networkOf(address: string): string {
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return address;
  const groups = groupsOf(plain);
  if (groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff') return ipv4Of(groups);
  return `${groups.slice(0, COUNTED_GROUPS).join(':')}::/64`;
}

/** Lower case, without leading zeros. */
function groupsOf(address: string): string[] {
  const [before = '', after = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [first, last] = [before, after].map((part) => (part === '' ? [] : part.split(':'))) as [string[], string[]];
  return [...first, ...Array.from({ length: GROUPS - first.length - last.length }, () => '0'), ...last];
}

function ipv4Of(groups: readonly string[]): string {
  return groups
    .slice(6)
    .map((group) => Number.parseInt(group, 16))
    .flatMap((bits) => [bits >> 8, bits & 0xff])
    .join('.');
}
