import { describe, expect, test } from '@jest/globals';
import { changedTimes, requireAnEnd, requireOneEnd, newTimes } from './entry-times.js';

const NOW = '2026-11-02T12:00:00.000Z';
const START = '2026-11-02T09:00:00.000Z';
const END = '2026-11-02T10:00:00.000Z';
const TIMES = { started_at: START, ended_at: END };
const RUNNING = { started_at: START, ended_at: null };

/** The fields at fault, or what comes of it. */
function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return (error as { details: { field: string }[] }).details.map(({ field }) => field);
  }
}

describe('a new entry', () => {
  test.each([
    ['an end', { ended_at: END }, END],
    ['a duration', { duration: 'PT1H' }, END],
    ['no length', { duration: 'PT0S' }, START],
    ['a part of a second', { duration: 'PT0.25S' }, '2026-11-02T09:00:00.250Z'],
    [
      'an end somewhat ahead of the server’s clock',
      { ended_at: '2026-11-02T12:05:00.000Z' },
      '2026-11-02T12:05:00.000Z',
    ],
  ])('has %s', (_what, given, ended_at) => {
    expect(newTimes(START, given, NOW)).toEqual({ started_at: START, ended_at });
  });

  test('may have a duration of days, weeks or the first month of 2026', () => {
    const ends = ['P1D', 'P1W', 'P1M'].map(
      (duration) => newTimes('2026-10-01T00:00:00.000Z', { duration }, NOW).ended_at,
    );
    expect(ends).toEqual(['2026-10-02T00:00:00.000Z', '2026-10-08T00:00:00.000Z', '2026-11-01T00:00:00.000Z']);
  });

  test.each([
    ['ends before it begins', START, { ended_at: '2026-11-02T08:59:59.999Z' }, ['ended_at']],
    ['ends ahead of now', START, { ended_at: '2026-11-02T12:05:00.001Z' }, ['ended_at']],
    ['lasts until ahead of now', START, { duration: 'PT3H5M1S' }, ['duration']],
    ['begins ahead of now', '2026-11-02T12:05:00.001Z', { duration: 'PT0S' }, ['started_at']],
    [
      'ends 31 days and a bit later',
      '2026-09-01T00:00:00.000Z',
      { ended_at: '2026-10-02T00:00:00.001Z' },
      ['ended_at'],
    ],
    ['lasts longer than 31 days', '2026-09-01T00:00:00.000Z', { duration: 'P31DT1S' }, ['duration']],
    ['lasts for years', '2016-09-01T00:00:00.000Z', { duration: 'P9Y' }, ['duration']],
  ])('that %s is refused', (_what, startedAt, given, fields) => {
    expect(outcome(() => newTimes(startedAt, given, NOW))).toEqual(fields);
  });

  test('ends in exactly one way', () => {
    expect(outcome(() => requireAnEnd({}))).toEqual(['ended_at', 'duration']);
    expect(outcome(() => requireAnEnd({ ended_at: END, duration: 'PT1H' }))).toEqual(['ended_at', 'duration']);
    expect(outcome(() => requireAnEnd({ duration: 'PT1H' }))).toBeUndefined();
    expect(outcome(() => requireOneEnd({}))).toBeUndefined();
  });
});

describe('a change', () => {
  test.each([
    [
      'the start alone keeps the end',
      TIMES,
      { started_at: '2026-11-02T09:30:00.000Z' },
      ['2026-11-02T09:30:00.000Z', END],
    ],
    ['the duration alone keeps the start', TIMES, { duration: 'PT2H' }, [START, '2026-11-02T11:00:00.000Z']],
    ['the end alone keeps the start', TIMES, { ended_at: START }, [START, START]],
    ['a start and a duration move it', TIMES, { started_at: END, duration: 'PT1H' }, [END, '2026-11-02T11:00:00.000Z']],
    ['another start of what runs', RUNNING, { started_at: END }, [END, null]],
    ['an end of what runs', RUNNING, { ended_at: END }, [START, END]],
    ['a duration of what runs', RUNNING, { duration: 'PT1H' }, [START, END]],
  ])('of %s', (_what, times, given, [started_at, ended_at]) => {
    expect(changedTimes(times, given, NOW)).toEqual({ started_at, ended_at });
  });

  test.each([
    ['a start behind the end', TIMES, { started_at: '2026-11-02T10:00:00.001Z' }, ['started_at']],
    ['a start too long before the end', TIMES, { started_at: '2026-10-02T09:59:59.999Z' }, ['started_at']],
    ['a start of what runs ahead of now', RUNNING, { started_at: '2026-11-02T12:06:00.000Z' }, ['started_at']],
    ['a start of what runs too long ago', RUNNING, { started_at: '2026-10-02T11:59:59.999Z' }, ['started_at']],
  ])('to %s is refused', (_what, times, given, fields) => {
    expect(outcome(() => changedTimes(times, given, NOW))).toEqual(fields);
  });
});
