import { parseText, type ParseOptions } from './parse.js';

const NOW = '2026-04-29T08:00:00Z';
const names = {
  lists: [
    { id: 'l1', title: 'Home' },
    { id: 'l2', title: 'Home improvement' },
    { id: 'l3', title: 'Twice' },
    { id: 'l4', title: 'twice' },
  ],
  members: [
    { id: 'm1', name: 'Ada Lovelace', email: 'ada@example.com' },
    { id: 'm2', name: 'Grace Hopper', email: 'ghopper@example.com' },
    { id: 'm3', name: 'Grace Jones', email: 'jones@example.com' },
  ],
  me: 'm1',
};

function parse(text: string, options: Partial<ParseOptions> = {}) {
  return parseText(text, { now: NOW, timezone: 'Europe/Berlin', names, ...options });
}

function only(text: string, options: Partial<ParseOptions> = {}) {
  const [item, ...more] = parse(text, options).items;
  if (!item || more.length > 0) throw new Error('Expected one item.');
  return item;
}

describe('lines', () => {
  test('are tasks, and indentation makes subtasks', () => {
    const text = 'Party\n  - Food\n\n    - [ ] Cake tomorrow\n  - Drinks #Home\r\n\tMusic\nTidy up';
    const { items } = parse(text);
    expect(items.map(({ title, parent, line }) => [title, parent, line])).toEqual([
      ['Party', null, 1],
      ['Food', 0, 2],
      ['Cake', 1, 4],
      ['Drinks', 0, 5],
      ['Music', 3, 6],
      ['Tidy up', null, 7],
    ]);
    const shown = items.flatMap(({ spans }) => spans.map(({ field, start, end }) => [field, text.slice(start, end)]));
    expect(shown).toEqual([
      ['due', 'tomorrow'],
      ['list_id', '#Home'],
    ]);
  });

  test('with subtasks, and subtasks, do not recur: the words stay in the title', () => {
    const { items } = parse('Clean every week\n  Bath every day tomorrow');
    expect(items).toMatchObject([
      { title: 'Clean every week', warnings: [{ code: 'recurring_subtask', name: 'every week' }] },
      { title: 'Bath every day', due: { on: '2026-04-30' }, warnings: [{ code: 'recurring_subtask' }] },
    ]);
    expect(items.every(({ template }) => template === undefined)).toBe(true);
  });

  test('without a title, with a long one, or nested too deep are marked', () => {
    const deep = Array.from({ length: 6 }, (_none, level) => `${' '.repeat(level)}x`).join('\n');
    expect(only('tomorrow #Home').warnings).toMatchObject([{ code: 'empty_title', start: 0, end: 14 }]);
    expect(only('🌱'.repeat(255)).warnings).toEqual([]);
    expect(only('🌱'.repeat(256)).warnings).toMatchObject([{ code: 'title_too_long' }]);
    expect(parse(deep).items.map(({ warnings }) => warnings.length)).toEqual([0, 0, 0, 0, 0, 1]);
    expect(parse('  \n\n').items).toEqual([]);
  });
});

describe('names', () => {
  test('of lists may have several words; the longest fits', () => {
    expect(only('Paint #home improvement soon')).toMatchObject({ title: 'Paint soon', list: { id: 'l2' } });
    expect(only('Paint #Home_improvement')).toMatchObject({ title: 'Paint', list: { id: 'l2' } });
    expect(only('Paint #"Home" improvement')).toMatchObject({ title: 'Paint improvement', list: { id: 'l1' } });
  });

  test('of members are first names, full names and addresses', () => {
    for (const name of ['ada', 'Ada Lovelace', 'AdaLovelace', '"Ada Lovelace"', 'ada@example.com', 'me'])
      expect(only(`Call +${name} today`)).toMatchObject({ title: 'Call', assignee: { id: 'm1' } });
    expect(only('Call +ghopper')).toMatchObject({ title: 'Call', assignee: { id: 'm2' } });
  });

  test('that are unknown or ambiguous stay in the title, with a warning', () => {
    const text = 'Call +nobody and +grace about #Nowhere #twice';
    const { title, warnings, spans, list, assignee } = only(text);
    expect([title, spans, list, assignee]).toEqual([text, [], undefined, undefined]);
    expect(warnings.map(({ code, name, start, end }) => [code, name, text.slice(start, end)])).toEqual([
      ['unknown_member', 'nobody', '+nobody'],
      ['ambiguous_member', 'grace', '+grace'],
      ['unknown_list', 'Nowhere', '#Nowhere'],
      ['ambiguous_list', 'twice', '#twice'],
    ]);
  });

  test('and priorities count once; the second one stays in the title', () => {
    expect(only('A #Home !high #Home !low ~5m ~6m')).toMatchObject({
      title: 'A #Home !low ~6m',
      priority: 'high',
      estimate: 'PT5M',
      warnings: [{ code: 'repeated_field' }, { code: 'repeated_field' }, { code: 'repeated_field' }],
    });
  });

  test('of tags are kept as written, each once', () => {
    expect(only('A @work/deep @Work, @work/deep')).toMatchObject({ tags: ['work/deep', 'Work'] });
    const many = Array.from({ length: 26 }, (_none, index) => `@t${index}`).join(' ');
    expect(only(`A ${many}`)).toMatchObject({ title: 'A @t25' });
  });
});

describe('the time zone', () => {
  test('decides what is today, and the instant of a time', () => {
    const late = { now: '2026-04-29T23:30:00Z' };
    expect(only('A today', { ...late, timezone: 'Asia/Tokyo' }).due).toEqual({ on: '2026-04-30' });
    expect(only('A today', { ...late, timezone: 'America/New_York' }).due).toEqual({ on: '2026-04-29' });
    expect(only('A tomorrow 9am', { timezone: 'America/New_York' }).due).toEqual({ at: '2026-04-30T13:00:00Z' });
  });

  test('moves a time that a change of the clocks skips, and not the hours that pass', () => {
    const eve = { now: '2026-03-28T23:30:00Z' };
    expect(only('A at 2:30', eve).due).toEqual({ at: '2026-03-29T01:30:00Z' });
    expect(only('A in 3 hours', eve).due).toEqual({ at: '2026-03-29T02:30:00Z' });
    expect(only('A in 1 hour', { now: '2026-10-25T01:30:29Z' }).due).toEqual({ at: '2026-10-25T02:30:00Z' });
  });

  test('is that of the rule', () => {
    expect(only('A every day', { timezone: 'Asia/Tokyo' }).template?.rule.timezone).toBe('Asia/Tokyo');
  });
});

describe('the language', () => {
  test('is the one whose phrases fit, for the whole text', () => {
    expect(parse('Milch morgen').language).toBe('de');
    expect(parse('Milk tomorrow').language).toBe('en');
    expect(parse('Die Katze füttern um 17:00').language).toBe('de');
    expect(parse('9:30 Dentist').language).toBe('en');
    expect(parse('Milch jeden Tag\nBrot every').language).toBe('de');
  });

  test('may be said', () => {
    expect(only('Call tomorrow', { language: 'de' })).toMatchObject({ title: 'Call tomorrow' });
    expect(only('Anruf morgen', { language: 'en' })).toMatchObject({ title: 'Anruf morgen' });
  });
});

test('a separator beside two fields belongs to one of them', () => {
  const text = 'tomorrow, @x';
  expect(only(text).spans.map(({ start, end }) => text.slice(start, end))).toEqual(['tomorrow,', '@x']);
});

test('an end before the first occurrence stays in the title', () => {
  expect(only('A every day until 1 May 2020')).toMatchObject({
    title: 'A until 1 May 2020',
    template: { rule: { pattern: 'daily' } },
  });
});
