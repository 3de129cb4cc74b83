// Nothing is looked at behind the first hundred faults, however much was sent.
import { ObjectsField, TextField } from './fields.js';
import { readInput } from './input-reader.js';

class Item {
  @TextField({ description: 'Its name.', max: 10 })
  name: string;
}

class Batch {
  @ObjectsField(() => Item, { description: 'Items.', minItems: 1, maxItems: 1_000_000 })
  items: Item[];
}

function faultsOf(value: unknown): unknown[] {
  try {
    readInput(Batch, value, 'body');
  } catch (error) {
    return (error as { details: unknown[] }).details;
  }
  return [];
}

test('items behind the hundredth fault are not read', () => {
  let read = 0;
  const watched = (): object =>
    new Proxy(
      {},
      {
        ownKeys: () => {
          read += 1;
          return [];
        },
      },
    );
  expect(faultsOf({ items: Array.from({ length: 10_000 }, watched) })).toHaveLength(100);
  expect(read).toBe(100);
});

test('a hundred unknown fields are named, however many there are', () => {
  const unknown = Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`field${n}`, n]));
  expect(faultsOf(unknown)).toHaveLength(100);
});
