import { DomainError, InvalidInputError, NotFoundError, UnavailableError } from '@mono/contract';
import { isPermanentFailure, readFailure, toQueueError } from './failure.js';

describe('why a job failed', () => {
  test.each([
    ['a thing that is not there', new NotFoundError('loaf', '1'), true],
    ['wrong input', new InvalidInputError([{ field: 'loaf', issue: 'is stale' }]), true],
    ['a missing right', new DomainError('forbidden', 'forbidden', 'No.'), true],
    ['a server that is away', new UnavailableError('Away.'), false],
    ['a deadline', new DomainError('timed_out', 'timed_out', 'Late.'), false],
    ['a limit', new DomainError('rate_limited', 'rate_limited', 'Slower.'), false],
    ['another’s own fault', new DomainError('internal', 'internal', 'Oops.'), false],
    ['an unknown error', new Error('who knows'), false],
    ['a lost network, as fetch tells it', new TypeError('fetch failed', { cause: new Error('ECONNRESET') }), false],
    ['a fault of the program', new TypeError('x is not a function'), true],
    ['an endless recursion', new RangeError('Maximum call stack size exceeded'), true],
    ['no Error', 42, true],
  ])('%s', (_what, error, permanent) => {
    expect(isPermanentFailure(error)).toBe(permanent);
  });

  test('code, message and the stacks of causes survive the queue', () => {
    const cause = new Error('the socket is closed');
    const kept = toQueueError(new UnavailableError('Away.', { cause }), true);
    expect(readFailure(kept.message)).toEqual({ code: 'unavailable', message: 'Away.' });
    expect(kept.name).toBe('UnrecoverableError');
    expect(kept.stack).toMatch(/UnavailableError: Away\.[\s\S]+Caused by: Error: the socket is closed/);
  });

  test('stores cycles, NUL, lone surrogates and megabytes', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(readFailure(toQueueError(cycle, true).message)).toMatchObject({ code: 'panic' });
    const text = `\0\ud800${'x'.repeat(5_000_000)}`;
    const kept = toQueueError(new Error(text), false);
    expect(kept.message.length + (kept.stack ?? '').length).toBeLessThan(50_000);
    expect(kept.message).not.toMatch(/\\u0000|\\ud800/);
  });

  test('a cause that leads back to itself ends', () => {
    const error = new Error('one');
    error.cause = error;
    expect(toQueueError(error, false).stack).toContain('one');
  });
});
