// Calendars that are as expensive as they may be: read in slices, within one budget, while the event loop answers others.
import type { Executor } from '@mono/platform';
import { TEMPLATE_DEFAULTS } from '../domain/template-state.js';
import type { TemplateRow } from '../persistence/templates.store.js';
import type { References } from '../templates/references.js';
import { calendarOf } from './calendar-of.js';
import { ImportCalendars } from './import-calendars.js';

const WORKSPACE = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';
/** Counts to nearly all that a rule may take. */
const EXPENSIVE = { dtstart: '21010101T090000', rrule: 'FREQ=WEEKLY;COUNT=14000' };
const TOO_EXPENSIVE = { dtstart: '21010101T090000', rrule: 'FREQ=WEEKLY;COUNT=1000000' };
const CHEAP = { dtstart: '20270101T090000', rrule: 'FREQ=DAILY' };

interface Said {
  dtstart: string;
  rrule: string;
}

function calendarWith(rules: readonly Said[]): string {
  const components = rules.flatMap(({ dtstart, rrule }, index) => [
    'BEGIN:VTODO',
    `UID:u${index}`,
    `DTSTART:${dtstart}`,
    `RRULE:${rrule}`,
    'SUMMARY:Water the plants',
    'END:VTODO',
  ]);
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', ...components, 'END:VCALENDAR', ''].join('\r\n');
}

/** Throws instead of creating templates. */
function importing(): ImportCalendars {
  const references = { zoneIn: () => Promise.resolve('UTC'), listOf: () => Promise.resolve('list') };
  const database = { transaction: () => Promise.reject(new Error('All rules are accepted.')) };
  const absent = undefined as never;
  return new ImportCalendars(database as never, references as unknown as References, absent, absent, absent);
}

function importOf(content: string): Promise<unknown> {
  const principal = { kind: 'api_key' as const, id: 'key', workspaceId: WORKSPACE, scopes: ['*'] };
  return importing().import({ principal, requestId: 'test' }, { content });
}

/** How many turns of the event loop others had meanwhile. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let counting = true;
  const count = (): void => {
    turns += 1;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  await work();
  counting = false;
  return turns;
}

describe('an import', () => {
  test('lets others have their turn between its rules', async () => {
    const content = calendarWith(Array.from({ length: 30 }, () => EXPENSIVE));
    const turns = await turnsDuring(() => expect(importOf(content)).rejects.toThrow('All rules are accepted.'));
    expect(turns).toBeGreaterThan(5);
  });

  test('of one rule that is too expensive names its component', async () => {
    await expect(importOf(calendarWith([CHEAP, TOO_EXPENSIVE]))).rejects.toMatchObject({
      code: 'rule_too_expensive',
      details: [{ field: 'content[u1].RRULE', issue: expect.stringContaining('lower COUNT') }],
    });
  });

  test('has one budget for all of its rules', async () => {
    const content = calendarWith(Array.from({ length: 500 }, () => EXPENSIVE));
    await expect(importOf(content)).rejects.toMatchObject({
      code: 'rule_too_expensive',
      details: [{ field: 'content', issue: expect.stringContaining('import fewer') }],
    });
  });

  test('of 500 ordinary rules is within it', async () => {
    const rules = ['DAILY', 'WEEKLY;BYDAY=MO,TH', 'MONTHLY;BYMONTHDAY=-1', 'MINUTELY;COUNT=1000000'];
    const said = Array.from({ length: 500 }, (_, index) => ({
      ...CHEAP,
      rrule: `FREQ=${rules[index % rules.length]}`,
    }));
    await expect(importOf(calendarWith(said))).rejects.toThrow('All rules are accepted.');
  });

  test.each([
    [`DTSTART${';B=1'.repeat(200_000)}:20270101T090000`, /DTSTART/],
    [`EXDATE:${'20270101T090000,'.repeat(60_000)}20270101T090000`, /component of more than/],
    ['SUMMARY', /invalid line "SUMMARY"/],
    ['END:VEVENT', /END:VEVENT ends nothing/],
    ['BEGIN:VALARM', /ends nothing/],
  ])('refuses %.30s before it is parsed', async (line, expected) => {
    const content = calendarWith([CHEAP]).replace('SUMMARY:', `${line}\r\nSUMMARY:`);
    await expect(importOf(content)).rejects.toMatchObject({
      details: [{ field: 'content', issue: expect.stringMatching(expected) }],
    });
  });

  test.each([
    ['BEGIN:VEVENT\r\nEND:VEVENT\r\n', /BEGIN:VCALENDAR is missing/],
    ['nothing', /invalid line/],
    ['BEGIN:VCALENDAR\r\nVERSION:2.0\r\n', /END:VCALENDAR is missing/],
    ['BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n', /no event and no to-do/],
  ])('refuses %j', async (content, expected) => {
    await expect(importOf(content)).rejects.toMatchObject({
      details: [{ field: 'content', issue: expect.stringMatching(expected) }],
    });
  });

  test('does not parse what nobody reads', async () => {
    const attachment = `ATTACH;ENCODING=BASE64;VALUE=BINARY:${'A'.repeat(800_000)}\r\nX-LONG${';B=1'.repeat(20_000)}:1`;
    const content = calendarWith([CHEAP]).replace('SUMMARY:', `${attachment}\r\nSUMMARY:`);
    await expect(importOf(content)).rejects.toThrow('All rules are accepted.');
  });
});

async function* pages(...rows: readonly TemplateRow[]): AsyncGenerator<readonly TemplateRow[]> {
  for (let from = 0; from < rows.length; from += 100) yield await Promise.resolve(rows.slice(from, from + 100));
}

describe('a feed', () => {
  const on = { query: () => Promise.resolve([]) } as unknown as Executor;
  const at = '2026-01-01T00:00:00.000Z';

  function template(rrule: string, more: Partial<TemplateRow> = {}): TemplateRow {
    return {
      ...TEMPLATE_DEFAULTS,
      tags: [],
      id: WORKSPACE,
      series_id: WORKSPACE,
      workspace_id: WORKSPACE,
      list_id: WORKSPACE,
      title: 'Water the plants',
      rule: { dtstart: '2026-01-01T09:00:00', rrule },
      zone: 'Europe/Berlin',
      status: 'active',
      starts_from: null,
      ends_before: null,
      plan_from: at,
      paused_at: null,
      ended_at: null,
      resumes_at: null,
      ends_at: null,
      revision: 1,
      planned_revision: 1,
      zone_revision: 0,
      planned_before: null,
      planned_through: null,
      generated_through: null,
      next_run_at: null,
      deleted_at: null,
      deleted_by: null,
      before_deletion: null,
      before_list_deletion: null,
      purge: false,
      problem: null,
      version: 1,
      created_at: at,
      updated_at: at,
      ...more,
    };
  }

  const feed = { component: 'vtodo', leavesOut: true } as const;

  test('of parts of a series of a million minutes tells them, and lets others have their turn', async () => {
    const part = template('FREQ=MINUTELY;COUNT=1000000', { starts_from: '2026-06-01T09:00:00' });
    let text = '';
    const turns = await turnsDuring(async () => {
      text = await calendarOf(on, pages(...Array.from({ length: 40 }, () => part)), feed);
    });
    expect(text.match(/BEGIN:VTODO/g)).toHaveLength(40);
    // The last of a million minutes, in UTC.
    expect(text).toContain('UNTIL=20271126T203900Z');
    expect(turns).toBeGreaterThan(5);
  });

  test('leaves out what is too expensive, and says so', async () => {
    const bomb = template('FREQ=WEEKLY;COUNT=1000000', { starts_from: '2026-06-01T09:00:00' });
    const text = await calendarOf(on, pages(template('FREQ=DAILY'), bomb, template('FREQ=WEEKLY')), feed);
    expect(text.match(/BEGIN:VTODO/g)).toHaveLength(2);
    expect(text).toContain('X-MONO-INCOMPLETE:TRUE');
    await expect(calendarOf(on, pages(bomb), { component: 'vtodo' })).rejects.toMatchObject({
      code: 'rule_too_expensive',
    });
  });

  test('of ordinary templates is complete', async () => {
    const rules = ['DAILY', 'WEEKLY;BYDAY=MO,TH', 'MONTHLY;BYMONTHDAY=31', 'YEARLY', 'HOURLY;BYHOUR=9,10'];
    const rows = Array.from({ length: 1_000 }, (_, index) =>
      template(
        `FREQ=${rules[index % rules.length]}`,
        index % 10 === 0 ? { status: 'ended', ended_at: '2026-08-01T00:00:00Z' } : {},
      ),
    );
    const text = await calendarOf(on, pages(...rows), feed);
    expect(text.match(/BEGIN:VTODO/g)).toHaveLength(1_000);
    expect(text).not.toContain('X-MONO-INCOMPLETE');
  });
});
