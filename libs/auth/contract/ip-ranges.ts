// Addresses and CIDR ranges, IPv4 and IPv6.
import { BlockList, isIP } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** An address, or a range such as 10.0.0.0/8. */
export function isIpRange(text: unknown): text is string {
  if (typeof text !== 'string' || text.length > 64) return false;
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0 || address.includes('%')) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** The addresses of some ranges. IPv4 in the form of IPv6 counts as what it is. */
export class IpRanges {
  private readonly list = new BlockList();

  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const [address = '', bits] = range.split('/');
      const plain = unmapped(address);
      const family = isIP(plain) === 4 ? 'ipv4' : 'ipv6';
      // The first 96 bits of a mapped address are the mapping.
      const mapped = plain !== address && bits !== undefined ? Number(bits) - 96 : undefined;
      const prefix = mapped ?? (bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits));
      this.list.addSubnet(plain, Math.max(0, prefix), family);
    }
  }

  includes(address: string): boolean {
    const plain = unmapped(address);
    const version = isIP(plain);
    return version !== 0 && this.list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  }
}

function unmapped(address: string): string {
  return MAPPED.exec(address)?.[1] ?? address;
}

/** Whether every address of `inner` is one of `outer`. */
export function isWithin(inner: string, outer: readonly string[]): boolean {
  const [address = '', bits] = inner.split('/');
  return outer.some((range) => {
    const [base = '', outerBits] = range.split('/');
    if (isIP(base) !== isIP(address)) return false;
    const full = isIP(base) === 4 ? 32 : 128;
    return Number(outerBits ?? full) <= Number(bits ?? full) && new IpRanges([range]).includes(address);
  });
}
