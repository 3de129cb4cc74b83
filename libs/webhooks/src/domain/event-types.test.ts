import { faultOfPattern, matches } from './event-types.js';

const KNOWN = ['tasks.created', 'tasks.completed', 'time-tracking.entry_created'];

test.each([
  [['tasks.created'], 'tasks.created', true],
  [['tasks.created'], 'tasks.completed', false],
  [['tasks.*'], 'tasks.completed', true],
  [['tasks.*'], 'time-tracking.entry_created', false],
  [['task.*'], 'tasks.completed', false],
  [['tasks.*', 'time-tracking.entry_created'], 'time-tracking.entry_created', true],
  [['*'], 'tasks.created', true],
  [[], 'tasks.created', false],
])('%j matches %s: %p', (patterns, type, matched) => {
  expect(matches(patterns, type)).toBe(matched);
});

test.each(['*', 'tasks.*', 'tasks.created'])('%s is known', (pattern) => {
  expect(faultOfPattern(pattern, KNOWN)).toBeUndefined();
});

test.each([
  ['tasks.complete', 'is no event type ("tasks.complete"): expected one of tasks.*, tasks.created, tasks.completed'],
  ['task.created', 'is no event type ("task.created"): expected one of *, tasks.*, time-tracking.*'],
  ['tasks', 'expected one of tasks.*, tasks.created, tasks.completed'],
  ['tas*', 'expected one of *, tasks.*, time-tracking.*'],
  ['.*', 'expected one of *'],
  ['tasks.crea*', 'expected one of tasks.*, '],
])('%s is refused with what was expected', (pattern, issue) => {
  expect(faultOfPattern(pattern, KNOWN)).toContain(issue);
});
