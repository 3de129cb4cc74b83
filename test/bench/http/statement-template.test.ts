import { freshValuesOf } from './statement-template.ts';

const WORKSPACE = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';
const recorded = (task: string, event: string) => ({
  text: 'INSERT',
  values: [
    WORKSPACE,
    task,
    'Buy milk',
    null,
    7,
    event,
    JSON.stringify({ aggregate_id: task, workspace_id: WORKSPACE }),
  ],
});
const FIRST = recorded('0198b6c2-0000-7000-8000-000000000001', '0198b6c2-0000-7000-8000-000000000002');
const SECOND = recorded('0198b6c2-0000-7000-8000-000000000003', '0198b6c2-0000-7000-8000-000000000004');

test('what two recordings share stays; what differs is new each time, and the same throughout one statement', () => {
  const fresh = freshValuesOf(FIRST, SECOND);
  const [once, again] = [fresh(), fresh()];
  expect(once).toEqual([
    WORKSPACE,
    expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/),
    'Buy milk',
    null,
    7,
    expect.any(String),
    JSON.stringify({ aggregate_id: once[1], workspace_id: WORKSPACE }),
  ]);
  expect(new Set([once[1], once[5], again[1], again[5], FIRST.values[1]]).size).toBe(5);
});

test('a statement without anything new is repeated as it is', () => {
  expect(freshValuesOf(FIRST, FIRST)()).toEqual(FIRST.values);
});
