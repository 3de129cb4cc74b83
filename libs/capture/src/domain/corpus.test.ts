import { wallTimeAt } from '@mono/contract/zones';
import { CORPUS, CORPUS_NOW, CORPUS_ZONE } from './corpus.js';
import type { ExpectedFields } from './corpus-sentence.js';
import type { Range } from './span.js';
import { parseText, type ParsedItem } from './parse.js';

/** The text of a sentence and the spans that its braces mark. */
function read(marked: string): { text: string; spans: Range[]; rest: string } {
  const spans: Range[] = [];
  let text = '';
  let rest = '';
  let start: number | undefined;
  for (const character of marked) {
    if (character === '{') start = text.length;
    else if (character === '}' && start !== undefined) {
      spans.push({ start, end: text.length });
      start = undefined;
    } else {
      text += character;
      if (start === undefined) rest += character;
    }
  }
  return { text, spans, rest: rest.replaceAll(/\s+/g, ' ').trim() };
}

function dueOf({ due }: ParsedItem): string | undefined {
  if (!due) return undefined;
  return 'on' in due ? due.on : wallTimeAt(CORPUS_ZONE, Date.parse(due.at)).toString({ smallestUnit: 'minute' });
}

function fieldsOf(item: ParsedItem): ExpectedFields {
  const { timezone: _zone, ...rule } = item.template?.rule ?? {};
  const fields = {
    title: item.title,
    list: item.list?.name,
    tags: item.tags.length > 0 ? item.tags : undefined,
    priority: item.priority,
    assignee: item.assignee?.name,
    estimate: item.estimate,
    due: dueOf(item),
    starts: item.starts,
    rule: item.template && rule,
    anchor: item.template?.anchor,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ExpectedFields;
}

test.each(CORPUS)('%s: %s', (language, [marked, expected]) => {
  const { text, spans, rest } = read(marked);
  const parsed = parseText(text, { now: CORPUS_NOW, timezone: CORPUS_ZONE });
  const [item] = parsed.items;
  if (!item) throw new Error('A line is an item.');
  expect(fieldsOf(item)).toEqual({ title: rest, ...expected });
  const shown = (range: Range): string => text.slice(range.start, range.end);
  expect(item.spans.map(shown)).toEqual(spans.map(shown));
  const isDated = (expected.due ?? expected.starts ?? expected.rule) !== undefined;
  const inLanguage = { now: CORPUS_NOW, timezone: CORPUS_ZONE, language: isDated ? language : parsed.language };
  expect(parseText(text, inLanguage).items).toEqual(parsed.items);
});

test('the corpus has at least 150 sentences, half of them German', () => {
  const german = CORPUS.filter(([language]) => language === 'de').length;
  expect(CORPUS.length).toBeGreaterThanOrEqual(150);
  expect(Math.abs(CORPUS.length - 2 * german)).toBeLessThanOrEqual(CORPUS.length / 5);
});
