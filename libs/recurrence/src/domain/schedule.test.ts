import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { previewOf } from './preview.js';
import { Schedule } from './schedule.js';
import { take } from './take.js';
import type { Rule } from '../../contract/rule.js';

const BERLIN = 'Europe/Berlin';
const starts = (rule: Rule, from?: string, to?: string, most = 20): string[] =>
  take(Schedule.of(rule).between(from, to), most).map(({ originalStart }) => originalStart);

describe('single dates', () => {
  const rule = { dtstart: '2026-01-05T09:00:00', timezone: BERLIN, rrule: 'FREQ=WEEKLY;COUNT=3' } satisfies Rule;

  test('are there in order and once, and do not count for COUNT', () => {
    const rdate = [
      '2026-01-12T09:00:00',
      '2026-01-13',
      '2026-01-10T08:00:00Z',
      '2026-03-01T10:00:00',
      '2026-01-13T00:00:00',
    ];
    expect(starts({ ...rule, rdate })).toEqual([
      '2026-01-05T09:00:00',
      '2026-01-10T09:00:00',
      '2026-01-12T09:00:00',
      '2026-01-13T00:00:00',
      '2026-01-19T09:00:00',
      '2026-03-01T10:00:00',
    ]);
  });

  test('leave out by local time and by instant, and COUNT has counted what they leave out', () => {
    expect(starts({ ...rule, exdate: ['2026-01-05T09:00:00', '2026-01-19T08:00:00Z'] })).toEqual([
      '2026-01-12T09:00:00',
    ]);
  });

  test('alone begin with DTSTART', () => {
    const dates = { dtstart: '2026-01-05T09:00:00', rdate: ['2026-02-01T10:00:00'] } satisfies Rule;
    expect(starts(dates)).toEqual(['2026-01-05T09:00:00', '2026-02-01T10:00:00']);
    expect(Schedule.of(dates).isFinite).toBe(true);
  });

  test('the second of two equal local times is meant by its instant only', () => {
    const dates = { dtstart: '2026-01-05T09:00:00', timezone: BERLIN, rdate: ['2026-10-25T01:30:00Z'] } satisfies Rule;
    const [, found] = take(Schedule.of(dates).between(), 2);
    expect(found).toMatchObject({ originalStart: '2026-10-25T02:30:00', at: Date.UTC(2026, 9, 25, 1, 30) });
  });

  test('are found within bounds', () => {
    const rdate = ['2026-01-08T09:00:00', '2026-01-14T09:00:00'];
    expect(starts({ ...rule, rdate }, '2026-01-08T09:00:00', '2026-01-14T09:00:00')).toEqual([
      '2026-01-08T09:00:00',
      '2026-01-12T09:00:00',
    ]);
  });
});

describe('a part of a rule is that part of the whole', () => {
  const rules: Rule[] = [
    { dtstart: '2026-01-31T02:30:00', pattern: 'monthly' },
    { dtstart: '2026-01-31T02:30:00', pattern: 'daily', every: 3 },
    { dtstart: '2026-01-31T02:30:00', pattern: 'biweekly', days_of_week: ['TU', 'SU'] },
    { dtstart: '2026-01-31T02:30:00', rrule: 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2,3' },
    { dtstart: '2026-01-31T02:30:00', rrule: 'FREQ=WEEKLY;BYDAY=MO,TU,FR;BYHOUR=1,2,3;BYSETPOS=2,-1;COUNT=70' },
    { dtstart: '2026-01-31T02:30:00', rrule: 'FREQ=HOURLY;INTERVAL=31;COUNT=300' },
    { dtstart: '2026-01-31T02:30:00', rrule: 'FREQ=MINUTELY;INTERVAL=1501;UNTIL=20260901T000000Z' },
    { dtstart: '2026-01-31T02:30:00', rrule: 'FREQ=YEARLY;BYWEEKNO=1,53,-1;BYDAY=MO,SU' },
    { dtstart: '2026-01-31T02:30:00', pattern: 'interval', interval: 'PT37H' },
  ];

  test.each(rules)('%j', (rule) => {
    const schedule = Schedule.of(rule, BERLIN);
    const whole = take(schedule.between(), 200);
    expect(whole.length).toBeGreaterThan(60);
    for (let index = 0; index < whole.length - 10; index += 7) {
      const [first, last] = [whole[index], whole[index + 9]];
      if (!first || !last) throw new Error('The whole is too short.');
      const part = whole.slice(index, index + 9);
      expect([...schedule.between(first.originalStart, last.originalStart)]).toEqual(part);
      expect([...schedule.betweenInstants(first.at, last.at)]).toEqual(part);
      const instant = new Date(first.at).toISOString().replace('.000', '');
      expect(take(schedule.between(instant), 9)).toEqual(part);
      expect(schedule.at(first.originalStart)).toEqual(first);
    }
  });
});

describe('at', () => {
  const schedule = Schedule.of({ dtstart: '2026-01-31T09:00:00', timezone: BERLIN, pattern: 'monthly', count: 3 });

  test.each([
    '2026-02-27T09:00:00',
    '2026-02-28T09:00:01',
    '2026-04-30T09:00:00',
    '2026-02-28',
    '2026-02-28T09:00:00Z',
    'soon',
  ])('%s is no occurrence', (text) => {
    expect(schedule.at(text)).toBeUndefined();
  });
});

test('a rule floats in the zone given, and keeps to its own', () => {
  const rule = { dtstart: '2026-01-31T09:00:00', pattern: 'daily' } satisfies Rule;
  const [floating] = Schedule.of(rule, 'Asia/Tokyo').between();
  const [fixed] = Schedule.of({ ...rule, timezone: BERLIN }, 'Asia/Tokyo').between();
  expect(floating?.at).toBe(Date.UTC(2026, 0, 31, 0));
  expect(fixed?.at).toBe(Date.UTC(2026, 0, 31, 8));
});

// Walking would be two thousand million steps, for which no test waits.
test('begins ten years on without walking there', () => {
  const schedule = Schedule.of({ dtstart: '2000-01-01T00:00:00', timezone: BERLIN, rrule: 'FREQ=MINUTELY' });
  for (let year = 2010; year < 2110; year += 1)
    expect(take(schedule.between(`${year}-06-01T00:00:30`), 1)[0]?.originalStart).toBe(`${year}-06-01T00:01:00`);
});

test('a million counted ends where it should', () => {
  const schedule = Schedule.of({
    dtstart: '2000-01-01T00:00:00',
    timezone: 'UTC',
    rrule: 'FREQ=MINUTELY;COUNT=1000000',
  });
  const last = new Date(Date.UTC(2000, 0, 1) + 999_999 * 60_000).toISOString().slice(0, 19);
  expect([...schedule.between(last)].map(({ originalStart }) => originalStart)).toEqual([last]);
});

test('ends with the year 9999, and at instants that have a text', () => {
  const rule = { dtstart: '9999-12-30T23:00:00', pattern: 'daily' } satisfies Rule;
  expect([...Schedule.of(rule, 'UTC').between()]).toHaveLength(2);
  expect([...Schedule.of(rule, 'America/New_York').between()]).toHaveLength(1);
  expect([
    ...Schedule.of({ ...rule, dtstart: '0001-01-01', until: '0001-01-03' }, 'Asia/Tokyo').between(),
  ]).toHaveLength(2);
});

test('a date as DTSTART leaves out what the rule says of hours, as RFC 5545 demands', () => {
  expect(starts({ dtstart: '2024-10-18', rrule: 'FREQ=DAILY;BYMINUTE=1,2;BYHOUR=5;COUNT=2' })).toEqual([
    '2024-10-18T00:00:00',
    '2024-10-19T00:00:00',
  ]);
});

describe('a preview', () => {
  const rule = { dtstart: '2026-03-28T02:30:00', timezone: BERLIN, pattern: 'daily' } satisfies Rule;

  test('has the forms of the API', () => {
    expect(previewOf({ rule, limit: 2 }, 'UTC').items).toEqual([
      { original_start: '2026-03-28T02:30:00', at: '2026-03-28T01:30:00Z', note: null },
      { original_start: '2026-03-29T02:30:00', at: '2026-03-29T01:30:00Z', note: 'dst_gap' },
    ]);
    expect(previewOf({ rule }, 'UTC').items).toHaveLength(100);
  });

  test.each(['from', 'to'] as const)('refuses a bad %s by name', (field) => {
    expect(() => previewOf({ rule, [field]: 'soon' }, 'UTC')).toThrow(`${field}: must be`);
  });
});

test("the process's own zone plays no part", () => {
  const program = `
    const { Schedule } = await import(${JSON.stringify(join(import.meta.dirname, 'schedule.ts'))});
    const rules = [
      { dtstart: '2026-03-01T02:30:00', timezone: 'Europe/Berlin', pattern: 'daily', until: '2026-11-30T12:00:00Z' },
      { dtstart: '2026-03-01T02:30:00', timezone: 'America/New_York', rrule: 'FREQ=HOURLY;INTERVAL=5;UNTIL=20261130' },
      { dtstart: '2026-03-01T02:30:00', pattern: 'interval', interval: 'PT25H', until: '2026-11-30' },
    ];
    for (const rule of rules) process.stdout.write(JSON.stringify([...Schedule.of(rule, 'Asia/Tokyo').between()]));`;
  const [here, there] = ['Pacific/Apia', 'America/St_Johns'].map((TZ) => {
    const loader = join(process.cwd(), 'setup/source-loader.mjs');
    const options = ['--conditions=source', '--import', loader, '--input-type=module', '--eval', program];
    return spawnSync(process.execPath, options, { env: { ...process.env, TZ }, encoding: 'utf8' });
  });
  expect(here?.stderr).toBe('');
  expect(here?.stdout.length).toBeGreaterThan(10_000);
  expect(there?.stdout).toBe(here?.stdout);
});
