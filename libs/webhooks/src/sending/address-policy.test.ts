// Which addresses a webhook may reach.
import { isAllowedAddress } from './address-policy.js';

const STRICT = { allowPrivate: false };
const LAN = { allowPrivate: true };

const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a01:4f8::1',
];

/** Allowed by installations on a LAN. */
const LOCAL: Readonly<Record<string, readonly string[]>> = {
  private: ['10.0.0.0', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255'],
  'unique local': ['fc00::1', 'fd12:3456:789a::1', 'fdff:ffff:ffff::1'],
};

const NEVER: Readonly<Record<string, readonly string[]>> = {
  unspecified: ['0.0.0.0', '0.1.2.3', '::'],
  'link-local': ['169.254.0.1', '169.254.169.254', '169.254.170.2', 'fe80::1', 'febf::1'],
  'metadata services elsewhere': ['168.63.129.16', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254', 'fd20:ce::254'],
  multicast: ['224.0.0.1', '239.255.255.250', 'ff02::1', 'ff05::1:3'],
  broadcast: ['255.255.255.255'],
  reserved: ['192.0.0.1', '192.88.99.1', '240.0.0.1', '254.1.2.3', '2001:1::1'],
  documentation: ['192.0.2.1', '198.51.100.7', '203.0.113.9', '2001:db8::1', '3fff::1'],
  benchmarking: ['198.18.0.1', '198.19.255.255', '2001:2::1'],
  'mapped IPv4': ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::ffff:0:127.0.0.1'],
  'compatible IPv4': ['::127.0.0.1', '::7f00:1', '::a00:1'],
  NAT64: ['64:ff9b::7f00:1', '64:ff9b::169.254.169.254', '64:ff9b:1::a00:1'],
  '6to4': ['2002:7f00:1::', '2002:a9fe:a9fe::1'],
  Teredo: ['2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  'site-local': ['fec0::1', 'feff::1'],
  'with a zone': ['fe80::1%eth0', '2606:4700:4700::1111%1'],
  'discard and segment routing': ['100::1', '5f00::1'],
  'unallocated IPv6': ['4000::1', '8000::1', 'e000::1'],
  'another notation': [
    '127.1',
    '2130706433',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '010.0.0.1',
    '8.8.8.8.',
    '[::1]',
    '',
    'localhost',
  ],
};

const rowsOf = (groups: Readonly<Record<string, readonly string[]>>): [string, string][] =>
  Object.entries(groups).flatMap(([group, addresses]) =>
    addresses.map((address): [string, string] => [group, address]),
  );

test.each(PUBLIC)('%s is public', (address) => {
  expect([isAllowedAddress(address, STRICT), isAllowedAddress(address, LAN)]).toEqual([true, true]);
});

test.each(rowsOf(LOCAL))('%s: %s is allowed on a LAN only', (_group, address) => {
  expect([isAllowedAddress(address, STRICT), isAllowedAddress(address, LAN)]).toEqual([false, true]);
});

test.each(rowsOf(NEVER))('%s: %s is never allowed', (_group, address) => {
  expect([isAllowedAddress(address, STRICT), isAllowedAddress(address, LAN)]).toEqual([false, false]);
});
