import ICAL from 'ical.js';
import { expandByIcal } from '../../../../../test/support/read-by-ical.ts';
import type { Rule } from '../../../contract/rule.js';
import type { CalendarComponent } from '../../../contract/calendar.js';
import { Schedule, type OccurrenceDate } from '../schedule.js';
import { CalendarWriter } from './calendar.js';
import type { CalendarTemplate } from './component.js';
import { formOf, type TimeForm } from './date-time.js';
import { recurrenceOf, type TemplateDates } from './recurrence-of.js';
import { calendarTask, type DatedTask } from './task-component.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const MANY = 120;
/** The last change of a zone in the calendar. */
const LAST = '2046-01-01';
const BERLIN = 'Europe/Berlin';
const ID = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';

type Bounds = Partial<Omit<TemplateDates, 'rule' | 'zone'>>;

function datesOf(rule: Rule, bounds: Bounds = {}): TemplateDates {
  return { rule, zone: rule.timezone ?? 'UTC', startsFrom: null, endsBefore: null, untilMs: null, ...bounds };
}

function template(dates: TemplateDates, more: Partial<CalendarTemplate> = {}): CalendarTemplate {
  const recurrence = recurrenceOf(dates, NOW);
  if (!recurrence) throw new Error('The rule has no occurrence.');
  const { start, rrule, rdate, exdate } = recurrence;
  return {
    id: ID,
    series_id: ID,
    version: 3,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-02-01T00:00:00.000Z',
    title: 'Water the plants',
    description: null,
    priority: 'medium',
    tags: [],
    zone: dates.zone,
    due_offset: null,
    form: formFor(dates),
    overrides: [],
    start,
    rrule,
    rdate,
    exdate,
    ...more,
  };
}

function formFor({ rule, zone }: TemplateDates): TimeForm {
  if (rule.pattern === 'interval') return { kind: 'utc' };
  return rule.dtstart.includes('T') ? formOf(zone) : { kind: 'day' };
}

function write(templates: readonly CalendarTemplate[], component: CalendarComponent = 'vevent'): string {
  const writer = new CalendarWriter({ component, nowMs: NOW, maxBytes: 1_000_000 });
  for (const one of templates) resultOf(writer.add(one));
  return resultOf(writer.text());
}

function resultOf<Result>(work: Generator<void, Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

function ours(dates: TemplateDates, most: number): string[] {
  const found: OccurrenceDate[] = [];
  for (const date of Schedule.of(dates.rule, dates.zone).between(
    dates.startsFrom ?? undefined,
    dates.endsBefore ?? undefined,
  )) {
    if (dates.untilMs !== null && date.at >= dates.untilMs) break;
    found.push(date);
    if (found.length === most) break;
  }
  const isDays = formFor(dates).kind === 'day';
  return found.map(({ at, originalStart }) => (isDays ? originalStart.slice(0, 10) : new Date(at).toISOString()));
}

const at9 = (rule: Partial<Rule>, zone = BERLIN): Rule => ({ dtstart: '2026-01-31T09:00:00', timezone: zone, ...rule });
const atNight = (rule: Partial<Rule>, zone: string, time: string): Rule => ({
  dtstart: `2026-01-05T${time}`,
  timezone: zone,
  ...rule,
});

const RULES: [string, Rule, Bounds?][] = [
  ['daily across clock changes', at9({ pattern: 'daily' })],
  ['weekly by days', at9({ pattern: 'weekly', days_of_week: ['MO', 'TH'] })],
  ['biweekly', at9({ pattern: 'biweekly', days_of_week: ['SA', 'SU'] })],
  ['weekdays', at9({ pattern: 'weekdays' })],
  ['the 31st, clamped', at9({ pattern: 'monthly' })],
  ['the 31st, skipped', at9({ pattern: 'monthly', month_end: 'skip' })],
  ['the last day', at9({ pattern: 'quarterly', day_of_month: 'last' })],
  ['Feb 29, clamped', { dtstart: '2024-02-29T09:00:00', timezone: BERLIN, pattern: 'yearly' }],
  ['elapsed time', at9({ pattern: 'interval', interval: 'PT36H' })],
  ['elapsed time in minutes', at9({ pattern: 'interval', interval: 'PT90M' })],
  ['the second Tuesday', at9({ rrule: 'FREQ=MONTHLY;BYDAY=2TU' })],
  ['the last workday', at9({ rrule: 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1' })],
  [
    'with RDATE and EXDATE',
    at9({ rrule: 'FREQ=WEEKLY', rdate: ['2026-02-01T10:00:00'], exdate: ['2026-02-14T09:00:00'] }),
  ],
  [
    'with dates in UTC',
    at9({ rrule: 'FREQ=WEEKLY', rdate: ['2026-02-01T10:00:00Z'], exdate: ['2026-02-14T08:00:00Z'] }),
  ],
  ['of dates alone', at9({ rdate: ['2026-02-01T10:00:00', '2026-07-01T10:00:00'] })],
  ['to a local end', at9({ pattern: 'daily', until: '2026-04-01T09:00:00' })],
  ['to an end in UTC', at9({ pattern: 'daily', until: '2026-04-01T06:59:00Z' })],
  ['so many times', at9({ pattern: 'weekly', count: 30 })],
  ['a start that does not match', at9({ rrule: 'FREQ=MONTHLY;BYDAY=1MO' })],
  ['in UTC', at9({ pattern: 'daily' }, 'UTC')],
  ['in Lord Howe, by half an hour', atNight({ pattern: 'daily' }, 'Australia/Lord_Howe', '02:15:00')],
  ['just before clocks change', atNight({ pattern: 'daily' }, BERLIN, '01:30:00')],
  ['just after clocks change', atNight({ pattern: 'daily' }, 'America/New_York', '03:30:00')],
  ['in Apia', atNight({ pattern: 'daily' }, 'Pacific/Apia', '09:00:00')],
  ['in Casablanca', atNight({ pattern: 'weekly' }, 'Africa/Casablanca', '10:00:00')],
  ['in New York', atNight({ pattern: 'weekdays' }, 'America/New_York', '17:30:00')],
  ['at midnight in Santiago', atNight({ pattern: 'daily' }, 'America/Santiago', '12:00:00')],
  ['every day, all day', { dtstart: '2026-01-05', timezone: BERLIN, pattern: 'daily' }],
  ['all day to an end', { dtstart: '2026-01-05', timezone: BERLIN, pattern: 'weekly', until: '2026-06-01' }],
  ['a gap left out', atNight({ pattern: 'daily', dst_gap: 'skip' }, BERLIN, '02:30:00')],
  ['a later part', at9({ pattern: 'weekly' }), { startsFrom: '2026-05-02T09:00:00' }],
  ['an earlier part', at9({ pattern: 'weekly' }), { endsBefore: '2026-05-02T09:00:00' }],
  [
    'a middle part of a counted rule',
    at9({ pattern: 'daily', count: 60 }),
    { startsFrom: '2026-02-10T09:00:00', endsBefore: '2026-03-29T09:00:00' },
  ],
  ['a later part of a counted rule', at9({ pattern: 'daily', count: 60 }), { startsFrom: '2026-02-10T09:00:00' }],
  ['a later part of every other week', at9({ pattern: 'biweekly' }), { startsFrom: '2026-03-14T09:00:00' }],
  ['one that was paused', at9({ pattern: 'daily' }), { untilMs: Date.parse('2026-04-02T07:00:00Z') }],
];

describe.each(['vevent', 'vtodo'] as const)('as %s', (component) => {
  test.each(RULES.map(([what, rule, bounds = {}]) => [what, rule, bounds] as const))(
    '%s: another reader finds our dates',
    (_what, rule, bounds) => {
      const dates = datesOf(rule, bounds);
      const read = expandByIcal(write([template(dates)], component), MANY);
      expect(read.map(({ at }) => at).filter((at) => at < LAST)).toEqual(ours(dates, MANY).filter((at) => at < LAST));
      expect(read.length).toBeGreaterThan(2);
    },
  );
});

function task(more: Partial<DatedTask>): DatedTask {
  const { id, version, created_at, updated_at, title, description, priority, tags } = template(
    datesOf(at9({ pattern: 'daily' })),
  );
  const facts = { id, version, created_at, updated_at, title, description, priority, tags };
  return { ...facts, status: 'todo', due_at: null, due_on: null, timezone: null, completed_at: null, ...more };
}

function writeTasks(tasks: readonly DatedTask[], component: CalendarComponent, maxBytes = 1_000_000): string {
  const writer = new CalendarWriter({ component, nowMs: NOW, maxBytes });
  for (const one of tasks) writer.addTask(calendarTask(one));
  return resultOf(writer.text());
}

/** A property of the first to-do, as another reader finds it. */
function todo(text: string, name: string): string | undefined {
  return new ICAL.Component(ICAL.parse(text) as ConstructorParameters<typeof ICAL.Component>[0])
    .getFirstSubcomponent('vtodo')
    ?.getFirstPropertyValue(name)
    ?.toString();
}

describe('a one-off task', () => {
  test.each<[string, Partial<DatedTask>, string, string]>([
    ['on a day', { due_on: '2026-03-29', timezone: BERLIN }, 'DUE;VALUE=DATE:20260329', '2026-03-29'],
    [
      'at a time in its zone',
      { due_at: '2026-03-29T07:30:00.000Z', timezone: BERLIN },
      `DUE;TZID=${BERLIN}:20260329T093000`,
      '2026-03-29T07:30:00.000Z',
    ],
    ['at a time', { due_at: '2026-03-29T07:30:00.000Z' }, 'DUE:20260329T073000Z', '2026-03-29T07:30:00.000Z'],
    [
      'in the second of two equal hours',
      { due_at: '2026-10-25T01:30:00.000Z', timezone: BERLIN },
      'DUE:20261025T013000Z',
      '2026-10-25T01:30:00.000Z',
    ],
  ])('that is due %s is read so by another reader, as a to-do and as an event', (_when, due, line, at) => {
    expect(writeTasks([task(due)], 'vtodo')).toContain(`\r\n${line}\r\n`);
    expect(writeTasks([task(due)], 'vevent')).toContain(`\r\n${line.replace('DUE', 'DTSTART')}\r\n`);
    expect(expandByIcal(writeTasks([task(due)], 'vevent'), 1)).toMatchObject([{ at, summary: 'Water the plants' }]);
    expect(todo(writeTasks([task(due)], 'vtodo'), 'due')?.slice(0, 10)).toBe(at.slice(0, 10));
  });

  test.each([
    ['todo', 'NEEDS-ACTION', undefined],
    ['blocked', 'NEEDS-ACTION', undefined],
    ['in_progress', 'IN-PROCESS', undefined],
    ['done', 'COMPLETED', '2026-03-28T10:00:00Z'],
  ] as const)('that is %s is %s', (status, said, completed) => {
    const completed_at = status === 'done' ? '2026-03-28T10:00:00.000Z' : null;
    const one = task({ due_on: '2026-03-29', status, completed_at });
    const text = writeTasks([one], 'vtodo');
    expect([todo(text, 'status'), todo(text, 'completed')]).toEqual([said, completed]);
    expect(writeTasks([one], 'vevent')).not.toMatch(/^(STATUS|COMPLETED|DUE)/m);
  });

  test('for which there is no room is left out, and the calendar says so', () => {
    const text = writeTasks(
      [task({ due_on: '2026-03-29' }), task({ due_on: '2026-03-30', description: 'x'.repeat(3_000) })],
      'vtodo',
      3_000,
    );
    expect(text).toContain('X-MONO-INCOMPLETE:TRUE');
    expect(text.match(/BEGIN:VTODO/g)).toHaveLength(1);
  });
});
