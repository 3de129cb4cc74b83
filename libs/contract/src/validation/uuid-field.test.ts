import { RepeatableUuidField, UuidField } from './fields.js';
import { readInput } from './input-reader.js';

class Place {
  @UuidField({ description: 'The list.', nullable: true, optional: true })
  list_id?: string | null;

  @RepeatableUuidField({ description: 'Lists.', maxItems: 3, optional: true })
  lists?: string | string[];
}

const ID = '01a2301b-5292-77b4-a627-f495ac389030';

test('an id in capitals is the same id', () => {
  expect(readInput(Place, { list_id: ID.toUpperCase() }, 'place')).toMatchObject({ list_id: ID });
  expect(readInput(Place, { lists: [ID, ID.toUpperCase()] }, 'place')).toMatchObject({ lists: ID });
  expect(readInput(Place, { list_id: null }, 'place')).toMatchObject({ list_id: null });
  expect(() => readInput(Place, { list_id: 'none' }, 'place')).toThrow(
    expect.objectContaining({
      details: [{ field: 'list_id', code: 'wrong_format', issue: 'must be a UUID' }],
    }) as Error,
  );
});
