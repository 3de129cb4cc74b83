import { defineErrors, faultyFields, notFound } from './define-errors.js';

const errors = defineErrors({
  star_not_found: notFound('star'),
  star_taken: { status: 409, message: ({ name }: { name: string }) => `The name “${name}” is taken.` },
  too_faint: { status: 422, message: faultyFields },
  closed: { status: 503, message: 'The observatory is closed.' },
});

test('an error has the code, status, message and details of its table', () => {
  expect(errors.star_taken({ name: 'Vega' })).toMatchObject({
    kind: 'conflict',
    code: 'star_taken',
    message: 'The name “Vega” is taken.',
    details: { name: 'Vega' },
  });
  expect(errors.star_not_found({ id: '7' })).toMatchObject({ kind: 'not_found', message: 'No star with the id 7.' });
  expect(errors.too_faint([{ field: 'magnitude', issue: 'must be below 6' }]).message).toBe(
    'magnitude: must be below 6',
  );
  expect(errors.closed()).toMatchObject({ kind: 'unavailable', details: undefined });
  expect([errors.closed.code, errors.closed.status]).toEqual(['closed', 503]);
});

test.each([
  [{ odd: { status: 418, message: 'No.' } }, 'Invalid status 418 of the error "odd".'],
  [{ 'not-snake': { status: 404, message: 'No.' } }, 'Invalid error code "not-snake": expected snake_case.'],
])('%j is refused', (table, message) => {
  expect(() => defineErrors(table)).toThrow(message);
});
