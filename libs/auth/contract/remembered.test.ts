// Verdicts on credentials: remembered, and forgotten.
import { Remembered } from './remembered.js';

interface Answered {
  value: string;
  subject: string;
  endsAt: number | null;
}

const never = { subject: 'ada', endsAt: null };

test('an answer is believed for five seconds, or to its end', async () => {
  let time = 1_000_000;
  const remembered = new Remembered<string>(() => time);
  await remembered.learn('a', () => Promise.resolve({ value: 'yes', ...never }));
  await remembered.learn('b', () => Promise.resolve({ value: 'yes', subject: 'ada', endsAt: 1_002_000 }));
  time = 1_001_999;
  expect([remembered.recall('a'), remembered.recall('b')]).toEqual(['yes', 'yes']);
  time = 1_004_999;
  expect([remembered.recall('a'), remembered.recall('b')]).toEqual(['yes', undefined]);
  time = 1_005_000;
  expect(remembered.recall('a')).toBeUndefined();
});

test('what is forgotten is forgotten under all its names, and nobody else', async () => {
  const remembered = new Remembered<string>();
  for (const name of ['one', 'two']) await remembered.learn(name, () => Promise.resolve({ value: 'ada', ...never }));
  await remembered.learn('three', () => Promise.resolve({ value: 'grace', subject: 'grace', endsAt: null }));
  remembered.forget('ada');
  expect(['one', 'two', 'three'].map((name) => remembered.recall(name))).toEqual([undefined, undefined, 'grace']);
  remembered.clear();
  expect(remembered.recall('three')).toBeUndefined();
});

test('what matches is forgotten, and those of whom it was are told', async () => {
  const remembered = new Remembered<string>();
  const dropped: (string | undefined)[] = [];
  remembered.onDropped((subject) => dropped.push(subject));
  for (const [name, subject] of [
    ['one', 'ada'],
    ['two', 'ada'],
    ['three', 'grace'],
  ] as const)
    await remembered.learn(name, () => Promise.resolve({ value: subject, subject, endsAt: null }));
  remembered.forgetWhere((value) => value === 'ada');
  expect(['one', 'two', 'three'].map((name) => remembered.recall(name))).toEqual([undefined, undefined, 'grace']);
  expect(dropped).toEqual(['ada']);
});

test('what was asked for before a change and comes after it is told, not remembered', async () => {
  const remembered = new Remembered<string>();
  for (const change of [
    () => remembered.forget('somebody else'),
    () => remembered.forgetWhere(() => false),
    () => remembered.clear(),
  ]) {
    const { promise: answer, resolve: come } = Promise.withResolvers<Answered>();
    const told = remembered.learn('a', () => answer);
    change();
    come({ value: 'old', ...never });
    expect(await told).toBe('old');
    expect(remembered.recall('a')).toBeUndefined();
  }
});
