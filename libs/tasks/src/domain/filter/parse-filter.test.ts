import * as fc from 'fast-check';
import { completeFilter } from './complete-filter.js';
import { describeFilter } from './describe-filter.js';
import { FIELDS, FLAGS } from './filter.js';
import { FilterError } from './filter-error.js';
import { parseFilter } from './parse-filter.js';

function inWords(filter: string): string {
  return describeFilter(parseFilter(filter).node);
}

function errorOf(filter: string): FilterError {
  try {
    parseFilter(filter);
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
  throw new Error(`"${filter}" was accepted.`);
}

test.each([
  [
    'due < +7d & (priority >= high | tag:errand) & !blocked & assignee:me & list:"Work"',
    'due before 7 days after today and (priority at least high or tag errand) and not blocked and assignee me and list Work',
  ],
  ['"buy milk"', 'containing “buy milk”'],
  ['open or overdue and not subtask', 'open or (overdue and not a subtask)'],
  ['TAG = (errand, "at home")', 'tag errand or “at home”'],
  ['due:none', 'without due'],
  ['assignee != none', 'with any assignee'],
  ['status != (done, cancelled)', 'status not done or cancelled'],
  ['due <= end of month', 'due by the end of the last day of this month'],
  ['due:monday', 'due Monday'],
  ['due:next friday', 'due Friday of next week'],
  ['due >= "next week"', 'due from next week'],
  ['due:today..+2w', 'due from today to 2 weeks after today'],
  ['due > tomorrow at 9:00', 'due after tomorrow at 09:00'],
  ['created >= 2026-05', 'creation from 2026-05'],
  ['completed:2025', 'completion 2025'],
  ['updated > -3h', 'last change after 180 minutes before now'],
  ['starts <= today', 'start by today'],
  ['estimate > 1h30m', 'estimate above 1h30m'],
  ['spent >= PT2H', 'time spent at least 2h'],
  ['title:milk', 'title containing milk'],
  ['!(!(open))', 'not not open'],
])('%s', (filter, words) => {
  expect(inWords(filter)).toBe(words);
});

test.each([
  ['', 'Expected a field, a flag, "text", ! or ( at the end.', 0],
  ['due', 'Expected an operator after "due".', 3],
  ['due <', 'Expected a date after "due".', 5],
  ['due < soon', '"soon" is not a date.', 6],
  ['due < 2026-02-30', '"2026-02-30" is not a date.', 6],
  ['due < +5m', '"+5m" is not a date. Write min for minutes or mo for months.', 6],
  ['due < none', '"none" has no order: write due:none or due != none.', 6],
  ['duee < today', '"duee" is not a field. Did you mean "due"?', 0],
  ['priorty:high', '"priorty" is not a field. Did you mean "priority"?', 0],
  ['priority:hgih', '"hgih" is not a priority. Did you mean "high"?', 9],
  ['status > todo', '"status" has no order: ">" does not apply.', 7],
  ['list:none', 'Every task has a list: "none" matches nothing.', 5],
  ['open overdue', 'Expected & or | before "overdue".', 5],
  ['milk', '"milk" is neither a field nor a flag. Put text to search for in quotation marks.', 0],
  [
    'overdu',
    '"overdu" is neither a field nor a flag. Put text to search for in quotation marks. Did you mean "overdue"?',
    0,
  ],
  ['(open', 'Expected ), & or | at the end.', 5],
  ['open)', 'Expected & or | before ")".', 4],
  ['tag:(a b)', 'Expected , or ) before "b".', 7],
  ['tag:', 'Expected a value after "tag".', 4],
  ['"milk', 'The closing quotation mark is missing.', 0],
  ['tag:"  "', 'There is nothing between the quotation marks.', 4],
  ['parent:milk', 'Expected the id of a task.', 7],
  ['estimate > long', '"long" is not a duration.', 11],
  ['starts:now', '"starts" is a day: a time of day does not apply.', 7],
  ['open &', 'Expected a field, a flag, "text", ! or ( at the end.', 6],
  [`${'('.repeat(40)}open${')'.repeat(40)}`, 'A filter is at most 32 levels deep.', 32],
  [Array.from({ length: 101 }, () => 'open').join('|'), 'A filter has at most 100 conditions.', 500],
  ['x'.repeat(2_001), 'A filter has at most 2000 characters.', 2_000],
])('refuses %s', (filter, message, start) => {
  expect(errorOf(filter)).toMatchObject({ message, span: { start } });
});

test('tokens cover everything but the spaces', () => {
  const filter = 'due < +7d&(priority>=high|tag:"at home") & !blocked | "buy milk" & tag:(a, b) and due:next week';
  const { tokens } = parseFilter(filter);
  const covered = tokens.map(({ start, end }) => filter.slice(start, end)).join('');
  expect(covered.replaceAll(/\s/g, '')).toBe(filter.replaceAll(/\s/g, ''));
  expect(tokens.map(({ kind }) => kind).slice(0, 3)).toEqual(['field', 'operator', 'value']);
});

const fragment = fc.oneof(
  fc.constantFrom(...Object.keys(FIELDS), ...Object.keys(FLAGS)),
  fc.constantFrom(':', '=', '!=', '<', '<=', '>', '>=', '&', '|', '!', '(', ')', ',', '"', '\\', '..', ' '),
  fc.constantFrom('today', '+7d', 'next week', 'none', 'me', '2026-05-01', 'end of', 'PT1H', '2h', 'high', 'done', '-'),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const anyText = fc.array(fragment, { maxLength: 20 }).map((parts) => parts.join(''));

test('any text is a filter or a FilterError within the text', () => {
  let accepted = 0;
  const faultOf = (text: string): string | undefined => {
    try {
      accepted += describeFilter(parseFilter(text).node) === '' ? 0 : 1;
      return undefined;
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      const { start, end } = error.span;
      return 0 <= start && start <= end && end <= text.length ? undefined : `${start}..${end} of ${text.length}`;
    }
  };
  const run = fc.check(
    fc.property(anyText, fc.nat(80), (text, cursor) => {
      const { start, end } = completeFilter(text, cursor);
      return start <= end && faultOf(text) === undefined;
    }),
    { numRuns: 20_000 },
  );
  expect(run).toMatchObject({ failed: false });
  expect(accepted).toBeGreaterThan(50);
});

test.each([
  ['', ['status', 'priority', 'tag', 'open', 'overdue']],
  ['pri', ['priority']],
  ['du', ['due']],
  ['due ', [':', '<']],
  ['priority', [':', '!=', '<', '<=', '>', '>=']],
  ['priority >= ', ['low', 'medium', 'high', 'urgent']],
  ['priority >= h', ['high']],
  ['open & sta', ['status', 'starts']],
  ['open ', ['&', '|']],
  ['status:(todo, d', ['done']],
  ['due:t', ['today', 'tomorrow', 'this week']],
  ['"buy m', []],
])('completes %s', (filter, expected) => {
  const { items } = completeFilter(filter, filter.length);
  const texts = items.map(({ text }) => text);
  expect(texts.filter((text) => expected.length === 0 || expected.includes(text))).toEqual(expected);
});
