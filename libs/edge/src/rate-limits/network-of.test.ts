import { networkOf } from '@mono/platform';
import { RateLimiter } from './rate-limiter.js';
import { RequestLimits } from './request-limits.js';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:c000:201', '192.0.2.1'],
  ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
  ['2001:0DB8:0000:0001:ffff:ffff:ffff:ffff', '2001:db8:0:1::/64'],
  ['2001:db8:1:2:3::', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ['nats', 'nats'],
  ['', ''],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('public requests from ever other addresses of one network are counted together', () => {
  const limiter = new RateLimiter();
  const limits = new RequestLimits(limiter, { reads: 10, writes: 10, refusals: 20 });
  for (let host = 1; host <= 10; host += 1) limits.takeFrom('writes', `2001:db8::${host}`);
  expect(limits.takeFrom('writes', '2001:db8::beef').allowed).toBe(false);
  expect(limits.takeFrom('writes', '2001:db8:0:1::beef').allowed).toBe(true);
  limiter.stop();
});
