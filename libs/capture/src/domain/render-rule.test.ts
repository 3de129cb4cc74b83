// A rule that is rendered as text parses back to the same rule.
import * as fc from 'fast-check';
import { wallTimeAt } from '@mono/contract/zones';
import { Temporal } from 'temporal-polyfill';
import { LANGUAGES } from './language.js';
import { parseText } from './parse.js';
import type { Recurrence } from './recurrence.js';
import { ruleOf } from './rule-of.js';
import { renderRule } from './render-rule.js';
import { WEEKDAYS } from './rule-draft.js';

const NOW = '2026-04-29T08:00:00Z';
const TIMEZONE = 'Europe/Berlin';
const now = wallTimeAt(TIMEZONE, Date.parse(NOW));

const every = fc.integer({ min: 1, max: 60 });
const dayOfMonth = fc.oneof(fc.integer({ min: 1, max: 31 }), fc.constant('last' as const));
const inOrder = <T>(values: readonly T[], order: readonly T[]): T[] => order.filter((value) => values.includes(value));
const recurrences: fc.Arbitrary<Recurrence> = fc.oneof(
  fc.record({ unit: fc.constant('day' as const), every }),
  fc.record({
    unit: fc.constant('week' as const),
    every,
    weekdays: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { maxLength: 7 }).map((days) => inOrder(days, WEEKDAYS)),
  }),
  fc.constant({ unit: 'workday' as const }),
  fc.record({
    unit: fc.constant('month' as const),
    every,
    days: fc
      .uniqueArray(dayOfMonth, { maxLength: 3 })
      .map((days) => inOrder(days, [...Array.from({ length: 31 }, (_none, index) => index + 1), 'last' as const])),
  }),
  fc.record({
    unit: fc.constant('nth' as const),
    every,
    nth: fc.constantFrom(-1, 1, 2, 3, 4, 5),
    of: fc.constantFrom(...WEEKDAYS, 'workday' as const),
  }),
  fc.record({ unit: fc.constant('year' as const), every }),
  fc.record({
    unit: fc.constant('year' as const),
    every,
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
  }),
  fc.constant({ unit: 'year' as const, every: 1, month: 2, day: 29 }),
  fc.record({ unit: fc.constant('elapsed' as const), minutes: fc.integer({ min: 5, max: 999 }) }),
);
const days = fc.integer({ min: 0, max: 800 }).map((ahead) => now.toPlainDate().add({ days: ahead }));
const limits = fc.record(
  {
    time: fc.record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.integer({ min: 0, max: 59 }) }),
    from: days,
    end: fc.oneof(
      fc.record({
        until: fc
          .integer({ min: 3_000, max: 4_000 })
          .map((ahead) => Temporal.PlainDate.from('2026-04-29').add({ days: ahead })),
      }),
      fc.record({ count: fc.integer({ min: 1, max: 500 }) }),
    ),
  },
  { requiredKeys: [] },
);

test.each(LANGUAGES)('in %s', (language) => {
  let rendered = 0;
  fc.assert(
    fc.property(recurrences, limits, fc.boolean(), (recurrence, { end, ...rest }, byCompletion) => {
      const rule = ruleOf(recurrence, { ...rest, ...end }, now, TIMEZONE);
      if (!rule) return;
      const anchor = byCompletion ? 'completion' : 'schedule';
      const text = renderRule(rule, anchor, language);
      if (text === undefined) throw new Error(`Not rendered: ${JSON.stringify(rule)}`);
      rendered += 1;
      const { items } = parseText(`Water plants ${text}`, { now: NOW, timezone: TIMEZONE, language });
      const [{ title, template } = { title: undefined, template: undefined }] = items;
      expect({ text, title, ...template }).toEqual({
        text,
        title: 'Water plants',
        rule,
        ...(byCompletion ? { anchor: 'completion' } : {}),
      });
    }),
    { numRuns: 400 },
  );
  expect(rendered).toBeGreaterThan(300);
});

test('a rule that no phrase says is not rendered', () => {
  expect(
    renderRule({ dtstart: '2026-05-01', timezone: TIMEZONE, rrule: 'FREQ=YEARLY;BYWEEKNO=20' }, 'schedule', 'en'),
  ).toBeUndefined();
});

test('elapsed time from today counts from now, as without a day', () => {
  const { items } = parseText('Stretch every 45 minutes from today', { now: NOW, timezone: TIMEZONE, language: 'en' });
  const { items: plain } = parseText('Stretch every 45 minutes', { now: NOW, timezone: TIMEZONE, language: 'en' });
  expect(items[0]?.template?.rule).toMatchObject({ pattern: 'interval', interval: 'PT45M' });
  expect(items[0]?.template?.rule.dtstart).toBe(plain[0]?.template?.rule.dtstart);
});
