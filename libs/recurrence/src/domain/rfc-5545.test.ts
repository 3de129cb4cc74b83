// Every example of RFC 5545, 3.8.5.3, in America/New_York as there. Dates are written by month: `1997-09: 2 4 9`.
import { Schedule } from './schedule.js';
import { take } from './take.js';

/** `1997-09: 2 4, 1997-10: 7` at 09:00, or with times of day behind a day (`2@10:20`). */
function startsOf(brief: string): string[] {
  return brief.split(', ').flatMap((part) => {
    const [month = '', days = ''] = part.split(': ');
    return days.split(' ').map((day) => {
      const [number = '', time = '09:00'] = day.split('@');
      return `${month}-${number.padStart(2, '0')}T${time}:00`;
    });
  });
}

const daysFrom = (first: number, last: number): string =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index).join(' ');

const SEPTEMBER_2 = '1997-09-02T09:00:00';
const EVERY_20_MINUTES = [9, 10, 11, 12, 13, 14, 15, 16]
  .flatMap((hour) => ['00', '20', '40'].map((minute) => `${String(hour).padStart(2, '0')}:${minute}`))
  .flatMap((time) => `2@${time}`)
  .join(' ');
const EVERY_JANUARY_DAY = [1998, 1999, 2000].map((year) => `${year}-01: ${daysFrom(1, 31)}`).join(', ');

const EXAMPLES: [what: string, rrule: string, dtstart: string, expected: string][] = [
  ['daily for 10 occurrences', 'FREQ=DAILY;COUNT=10', SEPTEMBER_2, `1997-09: ${daysFrom(2, 11)}`],
  [
    'daily until December 24, 1997',
    'FREQ=DAILY;UNTIL=19971224T000000Z',
    SEPTEMBER_2,
    `1997-09: ${daysFrom(2, 30)}, 1997-10: ${daysFrom(1, 31)}, 1997-11: ${daysFrom(1, 30)}, 1997-12: ${daysFrom(1, 23)}`,
  ],
  [
    'every other day, forever',
    'FREQ=DAILY;INTERVAL=2',
    SEPTEMBER_2,
    '1997-09: 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30, 1997-10: 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30, 1997-11: 1 3 5',
  ],
  ['every 10 days, 5 occurrences', 'FREQ=DAILY;INTERVAL=10;COUNT=5', SEPTEMBER_2, '1997-09: 2 12 22, 1997-10: 2 12'],
  [
    'every day in January for 3 years, yearly',
    'FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA',
    '1998-01-01T09:00:00',
    EVERY_JANUARY_DAY,
  ],
  [
    'every day in January for 3 years, daily',
    'FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1',
    '1998-01-01T09:00:00',
    EVERY_JANUARY_DAY,
  ],
  [
    'weekly for 10 occurrences',
    'FREQ=WEEKLY;COUNT=10',
    SEPTEMBER_2,
    '1997-09: 2 9 16 23 30, 1997-10: 7 14 21 28, 1997-11: 4',
  ],
  [
    'weekly until December 24, 1997',
    'FREQ=WEEKLY;UNTIL=19971224T000000Z',
    SEPTEMBER_2,
    '1997-09: 2 9 16 23 30, 1997-10: 7 14 21 28, 1997-11: 4 11 18 25, 1997-12: 2 9 16 23',
  ],
  [
    'every other week, forever',
    'FREQ=WEEKLY;INTERVAL=2;WKST=SU',
    SEPTEMBER_2,
    '1997-09: 2 16 30, 1997-10: 14 28, 1997-11: 11 25, 1997-12: 9 23, 1998-01: 6 20, 1998-02: 3 17',
  ],
  [
    'weekly on Tuesday and Thursday for five weeks, until',
    'FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH',
    SEPTEMBER_2,
    '1997-09: 2 4 9 11 16 18 23 25 30, 1997-10: 2',
  ],
  [
    'weekly on Tuesday and Thursday for five weeks, count',
    'FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH',
    SEPTEMBER_2,
    '1997-09: 2 4 9 11 16 18 23 25 30, 1997-10: 2',
  ],
  [
    'every other week on Monday, Wednesday and Friday until December 24, 1997',
    'FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR',
    '1997-09-01T09:00:00',
    '1997-09: 1 3 5 15 17 19 29, 1997-10: 1 3 13 15 17 27 29 31, 1997-11: 10 12 14 24 26 28, 1997-12: 8 10 12 22',
  ],
  [
    'every other week on Tuesday and Thursday, for 8 occurrences',
    'FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH',
    SEPTEMBER_2,
    '1997-09: 2 4 16 18 30, 1997-10: 2 14 16',
  ],
  [
    'monthly on the first Friday for 10 occurrences',
    'FREQ=MONTHLY;COUNT=10;BYDAY=1FR',
    '1997-09-05T09:00:00',
    '1997-09: 5, 1997-10: 3, 1997-11: 7, 1997-12: 5, 1998-01: 2, 1998-02: 6, 1998-03: 6, 1998-04: 3, 1998-05: 1, 1998-06: 5',
  ],
  [
    'monthly on the first Friday until December 24, 1997',
    'FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR',
    '1997-09-05T09:00:00',
    '1997-09: 5, 1997-10: 3, 1997-11: 7, 1997-12: 5',
  ],
  [
    'every other month on the first and last Sunday for 10 occurrences',
    'FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU',
    '1997-09-07T09:00:00',
    '1997-09: 7 28, 1997-11: 2 30, 1998-01: 4 25, 1998-03: 1 29, 1998-05: 3 31',
  ],
  [
    'monthly on the second-to-last Monday for 6 months',
    'FREQ=MONTHLY;COUNT=6;BYDAY=-2MO',
    '1997-09-22T09:00:00',
    '1997-09: 22, 1997-10: 20, 1997-11: 17, 1997-12: 22, 1998-01: 19, 1998-02: 16',
  ],
  [
    'monthly on the third-to-last day, forever',
    'FREQ=MONTHLY;BYMONTHDAY=-3',
    '1997-09-28T09:00:00',
    '1997-09: 28, 1997-10: 29, 1997-11: 28, 1997-12: 29, 1998-01: 29, 1998-02: 26',
  ],
  [
    'monthly on the 2nd and 15th for 10 occurrences',
    'FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15',
    SEPTEMBER_2,
    '1997-09: 2 15, 1997-10: 2 15, 1997-11: 2 15, 1997-12: 2 15, 1998-01: 2 15',
  ],
  [
    'monthly on the first and last day for 10 occurrences',
    'FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1',
    '1997-09-30T09:00:00',
    '1997-09: 30, 1997-10: 1 31, 1997-11: 1 30, 1997-12: 1 31, 1998-01: 1 31, 1998-02: 1',
  ],
  [
    'every 18 months on the 10th thru 15th for 10 occurrences',
    'FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15',
    '1997-09-10T09:00:00',
    '1997-09: 10 11 12 13 14 15, 1999-03: 10 11 12 13',
  ],
  [
    'every Tuesday, every other month',
    'FREQ=MONTHLY;INTERVAL=2;BYDAY=TU',
    SEPTEMBER_2,
    '1997-09: 2 9 16 23 30, 1997-11: 4 11 18 25, 1998-01: 6 13 20 27, 1998-03: 3 10 17 24 31',
  ],
  [
    'yearly in June and July for 10 occurrences',
    'FREQ=YEARLY;COUNT=10;BYMONTH=6,7',
    '1997-06-10T09:00:00',
    [1997, 1998, 1999, 2000, 2001].map((year) => `${year}-06: 10, ${year}-07: 10`).join(', '),
  ],
  [
    'every other year in January, February and March for 10 occurrences',
    'FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3',
    '1997-03-10T09:00:00',
    `1997-03: 10, ${[1999, 2001, 2003].map((year) => `${year}-01: 10, ${year}-02: 10, ${year}-03: 10`).join(', ')}`,
  ],
  [
    'every third year on the 1st, 100th and 200th day for 10 occurrences',
    'FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200',
    '1997-01-01T09:00:00',
    '1997-01: 1, 1997-04: 10, 1997-07: 19, 2000-01: 1, 2000-04: 9, 2000-07: 18, 2003-01: 1, 2003-04: 10, 2003-07: 19, 2006-01: 1',
  ],
  [
    'every 20th Monday of the year',
    'FREQ=YEARLY;BYDAY=20MO',
    '1997-05-19T09:00:00',
    '1997-05: 19, 1998-05: 18, 1999-05: 17',
  ],
  [
    'Monday of week 20, where weeks begin on Monday',
    'FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO',
    '1997-05-12T09:00:00',
    '1997-05: 12, 1998-05: 11, 1999-05: 17',
  ],
  [
    'every Thursday in March',
    'FREQ=YEARLY;BYMONTH=3;BYDAY=TH',
    '1997-03-13T09:00:00',
    '1997-03: 13 20 27, 1998-03: 5 12 19 26, 1999-03: 4 11 18 25',
  ],
  [
    'every Thursday, but only during June, July and August',
    'FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8',
    '1997-06-05T09:00:00',
    '1997-06: 5 12 19 26, 1997-07: 3 10 17 24 31, 1997-08: 7 14 21 28, 1998-06: 4 11 18 25, 1998-07: 2 9 16 23 30, 1998-08: 6 13 20 27, 1999-06: 3 10 17 24',
  ],
  [
    'every Friday the 13th (the example leaves out its DTSTART, which is none)',
    'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13',
    SEPTEMBER_2,
    '1998-02: 13, 1998-03: 13, 1998-11: 13, 1999-08: 13, 2000-10: 13',
  ],
  [
    'the first Saturday that follows the first Sunday of the month',
    'FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13',
    '1997-09-13T09:00:00',
    '1997-09: 13, 1997-10: 11, 1997-11: 8, 1997-12: 13, 1998-01: 10, 1998-02: 7, 1998-03: 7, 1998-04: 11, 1998-05: 9, 1998-06: 13',
  ],
  [
    'U.S. Presidential Election day',
    'FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8',
    '1996-11-05T09:00:00',
    '1996-11: 5, 2000-11: 7, 2004-11: 2',
  ],
  [
    'the third instance into the month of Tuesday, Wednesday or Thursday, for 3 months',
    'FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3',
    '1997-09-04T09:00:00',
    '1997-09: 4, 1997-10: 7, 1997-11: 6',
  ],
  [
    'the second-to-last weekday of the month',
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2',
    '1997-09-29T09:00:00',
    '1997-09: 29, 1997-10: 30, 1997-11: 27, 1997-12: 30, 1998-01: 29, 1998-02: 26, 1998-03: 30',
  ],
  [
    'every 3 hours from 9:00 to 17:00 on a day (17:00 EDT is 21:00Z, by erratum 3883)',
    'FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z',
    SEPTEMBER_2,
    '1997-09: 2@09:00 2@12:00 2@15:00',
  ],
  [
    'every 15 minutes for 6 occurrences',
    'FREQ=MINUTELY;INTERVAL=15;COUNT=6',
    SEPTEMBER_2,
    '1997-09: 2@09:00 2@09:15 2@09:30 2@09:45 2@10:00 2@10:15',
  ],
  [
    'every hour and a half for 4 occurrences',
    'FREQ=MINUTELY;INTERVAL=90;COUNT=4',
    SEPTEMBER_2,
    '1997-09: 2@09:00 2@10:30 2@12:00 2@13:30',
  ],
  [
    'every 20 minutes from 9:00 to 16:40 every day, daily',
    'FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40',
    SEPTEMBER_2,
    `1997-09: ${EVERY_20_MINUTES} ${EVERY_20_MINUTES.replaceAll('2@', '3@')}`,
  ],
  [
    'every 20 minutes from 9:00 to 16:40 every day, minutely',
    'FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16',
    SEPTEMBER_2,
    `1997-09: ${EVERY_20_MINUTES} ${EVERY_20_MINUTES.replaceAll('2@', '3@')}`,
  ],
  [
    'where weeks begin matters: on Monday',
    'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO',
    '1997-08-05T09:00:00',
    '1997-08: 5 10 19 24',
  ],
  [
    'where weeks begin matters: on Sunday',
    'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU',
    '1997-08-05T09:00:00',
    '1997-08: 5 17 19 31',
  ],
  [
    'an invalid date, February 30, is ignored',
    'FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5',
    '2007-01-15T09:00:00',
    '2007-01: 15 30, 2007-02: 15, 2007-03: 15 30',
  ],
];

test.each(EXAMPLES)('%s', (_what, rrule, dtstart, brief) => {
  const schedule = Schedule.of({ dtstart, timezone: 'America/New_York', rrule });
  const expected = startsOf(brief);
  const found = take(schedule.between(), expected.length + 1).map(({ originalStart }) => originalStart);
  expect(found.slice(0, expected.length)).toEqual(expected);
  expect(schedule.isFinite).toBe(/COUNT|UNTIL/.test(rrule));
  expect(found.length > expected.length).toBe(!schedule.isFinite);
});

test('Friday the 13th but the first, by EXDATE', () => {
  const rule = { dtstart: SEPTEMBER_2, timezone: 'America/New_York', rrule: 'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13' };
  const schedule = Schedule.of({ ...rule, exdate: ['1998-02-13T09:00:00', '1998-03-13T14:00:00Z'] });
  expect(take(schedule.between(), 1)[0]?.originalStart).toBe('1998-11-13T09:00:00');
});
