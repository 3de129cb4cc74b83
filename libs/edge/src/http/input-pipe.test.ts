import { BooleanField } from '@mono/contract';
import { InputPipe } from './input-pipe.js';

class Optional {
  @BooleanField({ description: '', optional: true })
  loud?: boolean;
}

class Required {
  @BooleanField({ description: '' })
  loud: boolean;
}

const read = (value: unknown, metatype: new () => object) =>
  new InputPipe().transform(value, { type: 'body', metatype, data: undefined });

test('a body without required fields may be absent', () => {
  expect(read(undefined, Optional)).toEqual({});
  expect(read({ loud: true }, Optional)).toEqual({ loud: true });
});

test.each([
  [undefined, Required],
  [null, Optional],
  ['', Optional],
])('refuses the body %j of %p', (value, type) => {
  expect(() => read(value, type)).toThrow(expect.objectContaining({ code: 'validation_error' }));
});

test('refuses an unknown field', () => {
  expect(() => read({ quiet: true }, Optional)).toThrow(expect.objectContaining({ code: 'unknown_field' }));
});
