// The thread that estimates passwords: the word lists take half a second and 100 MB, which the requests of a node must not pay.
import { parentPort } from 'node:worker_threads';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as german } from '@zxcvbn-ts/language-de';
import { dictionary as english, translations } from '@zxcvbn-ts/language-en';

export interface StrengthQuestion {
  id: number;
  password: string;
  /** Words that guessers of this password know: address and name. */
  about: readonly string[];
}

export interface StrengthAnswer {
  id: number;
  /** From 0, guessed at once, to 4. */
  score: number;
  /** Why it is easy to guess, as a sentence; empty where there is no one reason. */
  warning: string;
}

/** Rare words and names cost most of the start, and make a password hardly easier to guess. */
const RARE = /^(?:lastnames|wikipedia)/;
const lists = Object.entries({ ...common, ...english, ...german }).filter(([name]) => !RARE.test(name));

const estimator = new ZxcvbnFactory({
  dictionary: Object.fromEntries(lists),
  graphs: adjacencyGraphs,
  translations,
});

parentPort?.on('message', ({ id, password, about }: StrengthQuestion) => {
  const { score, feedback } = estimator.check(password, [...about]);
  parentPort?.postMessage({ id, score, warning: feedback.warning ?? '' } satisfies StrengthAnswer, []);
});
