// Requests without a valid credential use up what their address may ask, and nothing of the valid credentials behind it.
import { type Principal, DomainError } from '@mono/contract';
import { Authenticator, type Credentials, type Standing } from '@mono/platform';
import { TEST_PRINCIPAL } from '@mono/platform/testing';
import { RateLimiter } from './rate-limiter.js';
import { RequestLimits } from './request-limits.js';

const REFUSALS = 300;
/** A sixtieth of it: look-ups a second of credentials that are not known, beyond the limit. */
const LOOK_UPS = 5;

/** Credentials that begin with `valid` are valid, and known once they were asked for. */
class Authenticating extends Authenticator {
  lookUps = 0;
  private readonly known = new Set<string | undefined>();

  standingOf({ authorization }: Credentials): Standing {
    if (this.known.has(authorization)) return 'known';
    return authorization?.includes(' ') ? 'malformed' : 'unknown';
  }

  authenticate({ authorization }: Credentials): Promise<Principal> {
    if (authorization?.includes(' ')) return Promise.reject(new DomainError('unauthorized', 'unauthorized', 'No.'));
    this.lookUps += 1;
    if (authorization?.startsWith('valid')) {
      this.known.add(authorization);
      return Promise.resolve(TEST_PRINCIPAL);
    }
    this.known.delete(authorization);
    return Promise.reject(new DomainError('unauthorized', 'unauthorized', 'No.'));
  }
}

/** Stands still unless it is moved. */
class StillClock {
  time = 1_000_000;
  now(): number {
    return this.time;
  }
  after(): () => void {
    return () => {};
  }
}

let authenticator: Authenticating;
let limits: RequestLimits;
beforeEach(() => {
  authenticator = new Authenticating();
  const limiter = new RateLimiter({ clock: new StillClock() });
  limits = new RequestLimits(limiter, { reads: 10, writes: 10, refusals: REFUSALS });
});

/** How often each outcome came: `served`, or the code of the error. */
async function outcomes(times: number, credential: (turn: number) => string, origin = '192.0.2.1') {
  const counts: Record<string, number> = {};
  for (let turn = 0; turn < times; turn += 1) {
    const credentials = { authorization: credential(turn), workspace: undefined, address: undefined };
    const outcome = await limits
      .authenticate(authenticator, credentials, origin)
      .then(() => 'served')
      .catch((error: unknown) => (error as DomainError).code);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

const junk = (): string => 'no credential';
const guess = (turn: number): string => `guess${turn}`;

test('a flood without credentials is refused, and keeps no valid credential out, known or new', async () => {
  await outcomes(1, () => 'valid-known');
  expect(await outcomes(REFUSALS + 700, junk)).toEqual({ unauthorized: REFUSALS, rate_limited: 700 });
  expect(await outcomes(50, () => 'valid-known')).toEqual({ served: 50 });
  expect(await outcomes(1, () => 'valid-new')).toEqual({ served: 1 });
  expect(await outcomes(50, () => 'valid-new')).toEqual({ served: 50 });
});

test('guesses beyond the limit cost few look-ups, and keep no known credential out', async () => {
  await outcomes(1, () => 'valid-known');
  await outcomes(REFUSALS, guess);
  const before = authenticator.lookUps;
  expect(await outcomes(1_000, guess)).toEqual({ unauthorized: LOOK_UPS, rate_limited: 1_000 - LOOK_UPS });
  expect(authenticator.lookUps - before).toBe(LOOK_UPS);
  expect(await outcomes(10, () => 'valid-known')).toEqual({ served: 10 });
  // One that is not known here waits for a look-up: another second, and it is served.
  expect(await outcomes(1, () => 'valid-new')).toEqual({ rate_limited: 1 });
});

test('a network of IPv6 counts as one address, and another network or NATS user is not concerned', async () => {
  for (let host = 0; host < REFUSALS; host += 1) await outcomes(1, junk, `2001:db8::${host.toString(16)}`);
  expect(await outcomes(5, junk, '2001:db8::beef')).toEqual({ rate_limited: 5 });
  expect(await outcomes(5, junk, '2001:db8:0:1::beef')).toEqual({ unauthorized: 5 });
  await outcomes(REFUSALS, junk, 'nats:robot');
  expect(await outcomes(5, junk, 'nats:robot')).toEqual({ rate_limited: 5 });
  expect(await outcomes(5, junk, 'nats:spy')).toEqual({ unauthorized: 5 });
});
