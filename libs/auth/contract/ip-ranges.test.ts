import { IpRanges, isIpRange, isWithin } from './ip-ranges.js';

describe('ranges of addresses', () => {
  test.each([
    ['10.0.0.1', true],
    ['10.0.0.0/8', true],
    ['::1', true],
    ['2001:db8::/32', true],
    ['10.0.0.0/33', false],
    ['::/129', false],
    ['10.0.0/8', false],
    ['10.0.0.0/8/8', false],
    ['fe80::1%eth0', false],
    ['10.0.0.0/-1', false],
    ['localhost', false],
    ['', false],
  ])('%j: %s', (text, valid) => {
    expect(isIpRange(text)).toBe(valid);
  });

  test.each([
    [['10.0.0.0/8'], '10.255.0.1', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['10.0.0.0/8'], '::ffff:10.0.0.1', true],
    [['::ffff:10.0.0.0/104'], '10.9.9.9', true],
    [['192.0.2.7'], '192.0.2.7', true],
    [['192.0.2.7'], '192.0.2.8', false],
    [['2001:db8::/32'], '2001:db8:1::1', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['0.0.0.0/0'], '2001:db9::1', false],
    [['0.0.0.0/0'], 'nonsense', false],
  ])('%j holds %s: %s', (ranges, address, expected) => {
    expect(new IpRanges(ranges).includes(address)).toBe(expected);
  });

  test.each([
    ['10.1.0.0/16', ['10.0.0.0/8'], true],
    ['10.0.0.0/8', ['10.0.0.0/8'], true],
    ['10.0.0.0/7', ['10.0.0.0/8'], false],
    ['10.0.0.1', ['10.0.0.0/8'], true],
    ['::1', ['10.0.0.0/8', '::/0'], true],
  ])('%s within %j: %s', (inner, outer, expected) => {
    expect(isWithin(inner, outer)).toBe(expected);
  });
});
