// Each kind of fault has a code and, where there are any, the limits.
import {
  BooleanField,
  DateField,
  EnumField,
  IntegerField,
  ObjectField,
  ObjectsField,
  RepeatableEnumField,
  RepeatableUuidField,
  TextField,
  TextsField,
  UuidField,
} from './fields.js';
import { MergePatch, ReadOnlyFieldsOf } from './input-metadata.js';
import { readInput } from './input-reader.js';
import { EnumsField, IdsField } from './items-field.js';

const description = '';
const optional = true;

class Part {
  @TextField({ description, max: 3 })
  name: string;
}

@MergePatch()
@ReadOnlyFieldsOf(() => Part)
class Thing {
  @TextField({ description, optional, min: 2, max: 4, notBlank: true })
  title?: string;

  @TextField({ description, optional, maxBytes: 3 })
  bytes?: string;

  @TextsField({ description, optional, max: 3, minItems: 1, maxItems: 2, unique: true })
  tags?: string[];

  @IntegerField({ description, optional, min: 1, max: 500 })
  limit?: number;

  @BooleanField({ description, optional })
  loud?: boolean;

  @DateField({ description, optional })
  day?: string;

  @UuidField({ description, optional })
  list?: string;

  @EnumField({ description, optional, values: ['a', 'b'] })
  letter?: string;

  @EnumField({ description, optional, values: ['todo', 'done'], code: 'unknown_status' })
  status?: string;

  @RepeatableEnumField({ description, optional, values: ['a', 'b'] })
  letters?: string[];

  @RepeatableUuidField({ description, optional, maxItems: 2 })
  lists?: string | string[];

  @IdsField({ description, optional, maxItems: 2 })
  ids?: string[];

  @EnumsField({ description, optional, values: ['a', 'b'], maxItems: 2 })
  kinds?: string[];

  @ObjectField(() => Part, { description, optional })
  part?: Part;

  @ObjectsField(() => Part, { description, optional, minItems: 1, maxItems: 2 })
  parts?: Part[];
}

function errorOf(input: unknown): { code: string; details: unknown[] } {
  try {
    readInput(Thing, input, 'body');
  } catch (error) {
    return error as { code: string; details: unknown[] };
  }
  return { code: 'none', details: [] };
}

const ab = { allowed: ['a', 'b'] };

test.each<[object, { code: string; limits?: object }]>([
  [{ title: 7 }, { code: 'wrong_type' }],
  [{ title: null }, { code: 'wrong_type' }],
  [{ title: 'a\0b' }, { code: 'invalid_characters' }],
  [{ title: '  ' }, { code: 'blank' }],
  [{ title: 'a' }, { code: 'too_short', limits: { min_length: 2 } }],
  [{ title: 'abcde' }, { code: 'too_long', limits: { max_length: 4 } }],
  [{ bytes: 'äö' }, { code: 'too_long', limits: { max_bytes: 3 } }],
  [{ tags: 'a' }, { code: 'wrong_type' }],
  [{ tags: [] }, { code: 'too_few', limits: { min_items: 1 } }],
  [{ tags: ['a', 'b', 'c'] }, { code: 'too_many', limits: { max_items: 2 } }],
  [{ tags: ['a', 'a'] }, { code: 'repeated' }],
  [{ tags: ['a', 'long'] }, { code: 'too_long', limits: { max_length: 3 } }],
  [{ limit: 0 }, { code: 'out_of_range', limits: { min: 1, max: 500 } }],
  [{ limit: 1.5 }, { code: 'wrong_type', limits: { min: 1, max: 500 } }],
  [{ limit: '7' }, { code: 'wrong_type', limits: { min: 1, max: 500 } }],
  [{ loud: 'yes' }, { code: 'wrong_type' }],
  [{ day: '2026-02-30' }, { code: 'wrong_format' }],
  [{ day: 20_260_230 }, { code: 'wrong_type' }],
  [{ list: 'inbox' }, { code: 'wrong_format' }],
  [{ letter: 'c' }, { code: 'not_one_of', limits: ab }],
  [{ letters: ['a', 'c'] }, { code: 'not_one_of', limits: ab }],
  [{ letters: ['a', 'b', 'a'] }, { code: 'too_many', limits: { max_items: 2 } }],
  [{ lists: ['inbox'] }, { code: 'wrong_format' }],
  [{ ids: [7] }, { code: 'wrong_type' }],
  [{ kinds: ['c'] }, { code: 'not_one_of', limits: ab }],
  [{ part: [] }, { code: 'wrong_type' }],
  [{ parts: [7] }, { code: 'wrong_type' }],
  [{ parts: [] }, { code: 'too_few', limits: { min_items: 1 } }],
])('%j has the fault %j', (input, fault) => {
  expect(errorOf(input)).toMatchObject({ code: 'validation_error' });
  const [field] = Object.keys(input);
  expect(errorOf(input).details).toEqual([{ field, issue: expect.any(String) as string, ...fault }]);
});

test('nested faults have codes', () => {
  expect(errorOf({ part: {}, parts: [{ name: 'long' }] }).details).toMatchObject([
    { field: 'part.name', code: 'required' },
    { field: 'parts[0].name', code: 'too_long', limits: { max_length: 3 } },
  ]);
});

// The code of the error is that of its faults if they share one, otherwise validation_error.
test.each<[object, string]>([
  [{ nope: 1 }, 'unknown_field'],
  [{ nope: 1, other: 2 }, 'unknown_field'],
  [{ nope: 1, loud: 7 }, 'validation_error'],
  [{ id: 'x' }, 'read_only_field'],
  [{ id: 'x', nope: 1 }, 'validation_error'],
  [{ status: 'x' }, 'unknown_status'],
  [{ status: 'x', letter: 'x' }, 'validation_error'],
  [{ status: 'x', nope: 1 }, 'validation_error'],
  [{}, 'empty_update'],
  [{ letter: 'x' }, 'validation_error'],
  [{ part: { name: 'abc', nope: 1 } }, 'unknown_field'],
])('%j is refused as %s', (input, code) => {
  expect(errorOf(input)).toMatchObject({ code });
});
