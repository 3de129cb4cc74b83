import { occurrenceTaskId } from './occurrence-id.js';

const SERIES = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';

test('the same occurrence has the same id, and no other has', () => {
  const ids = [
    occurrenceTaskId(SERIES, '2026-05-04T09:00:00', 0),
    occurrenceTaskId(SERIES, '2026-05-04T09:00:00', 1),
    occurrenceTaskId(SERIES, '2026-05-05T09:00:00', 0),
    occurrenceTaskId('0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f', '2026-05-04T09:00:00', 0),
  ];
  expect(new Set(ids).size).toBe(4);
  expect(occurrenceTaskId(SERIES.toUpperCase(), '2026-05-04T09:00:00', 0)).toBe(ids[0]);
});

test('it is a UUIDv8 that lies where its occurrence does', () => {
  const early = occurrenceTaskId(SERIES, '2026-05-04T09:00:00', 7);
  expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(early < occurrenceTaskId(SERIES, '2026-05-04T09:00:01', 0)).toBe(true);
  expect(Number.parseInt(early.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.parse('2026-05-04T09:00:00Z'));
});

test('dates before 1970 lie at its beginning', () => {
  expect(occurrenceTaskId(SERIES, '1969-05-04T09:00:00', 0)).toMatch(/^00000000-0000-8/);
});
