// Filters that name the list of their tasks.
import { TaskQuery } from '../../contract/index.js';
import { parseFilter } from '../domain/filter/parse-filter.js';
import { placed } from './placed.js';
import type { Filter } from './read-filter.js';

const NAMES = { work: ['w'], home: ['h'], twice: ['a', 'b'] };

function filterOf(text: string): Filter {
  const lists = new Map(Object.entries(NAMES));
  const meaning = { lists, members: new Map<string, string[]>(), clock: { nowMs: 0, zone: 'UTC' } };
  return { node: parseFilter(text).node, meaning };
}

/** Without the places in the text. */
function shapeOf(filter: Filter | undefined): unknown {
  if (!filter) return undefined;
  return JSON.parse(JSON.stringify(filter.node), (key, value: unknown) =>
    ['start', 'end'].includes(key) ? undefined : value,
  );
}

const query = (): TaskQuery => Object.assign(new TaskQuery(), { limit: 5 });

test.each([
  ['list:work', null],
  ['list:work & priority:high', 'priority:high'],
  ['priority:high & (list:work & open)', 'priority:high & open'],
  ['list:work & list:home', 'list:home'],
  ['list:work & (priority:high | list:home)', 'priority:high | list:home'],
])('%s is read in the list, with the filter %s', (text, rest) => {
  const within = placed(query(), filterOf(text));
  expect(within.query).toMatchObject({ list_id: 'w', limit: 5 });
  expect(shapeOf(within.filter)).toEqual(rest === null ? undefined : shapeOf(filterOf(rest)));
});

test.each(['list:(work, home)', 'list != work', '!list:work', 'list:work | open', 'list:twice', 'open'])(
  '%s is read in all lists',
  (text) => {
    const filter = filterOf(text);
    const asked = query();
    expect(placed(asked, filter)).toEqual({ query: asked, filter });
  },
);

test('a list that is asked for by the parameter stays', () => {
  const asked = Object.assign(query(), { list_id: 'h' });
  const filter = filterOf('list:work');
  expect(placed(asked, filter)).toEqual({ query: asked, filter });
});
