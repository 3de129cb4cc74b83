// Which addresses a webhook may reach.
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export interface AddressPolicy {
  /** Private and loopback addresses, too. */
  allowPrivate: boolean;
}

const LAN_RANGES = new Set(['private', 'loopback', 'carrierGradeNat', 'uniqueLocal']);

/** Other IPv6 addresses are local, reserved, or hold an IPv4 address. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/** Metadata services of clouds that are not link-local: AWS, Google, Scaleway, Alibaba, Azure. */
const METADATA = new Set(
  ['fd00:ec2::254', 'fd20:ce::254', 'fd00:42::42', '100.100.100.200', '168.63.129.16'].map((address) =>
    ipaddr.parse(address).toString(),
  ),
);

/** @param address in its usual form; any other text is refused. */
export function isAllowedAddress(address: string, { allowPrivate }: AddressPolicy): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.parse(address);
  if (METADATA.has(parsed.toString())) return false;
  const range = parsed.range();
  if (allowPrivate && LAN_RANGES.has(range)) return true;
  return range === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(GLOBAL_UNICAST));
}
