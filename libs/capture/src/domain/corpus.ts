// Sentences with the expected fields. It is Wednesday, 29 April 2026, 10:00 in Berlin.
import type { Language } from './language.js';
import { ENGLISH } from './corpus-english.js';
import { GERMAN } from './corpus-german.js';
import type { Sentence } from './corpus-sentence.js';

export const CORPUS_NOW = '2026-04-29T08:00:00Z';
export const CORPUS_ZONE = 'Europe/Berlin';

export const CORPUS: readonly (readonly [Language, Sentence])[] = [
  ...ENGLISH.map((sentence) => ['en', sentence] as const),
  ...GERMAN.map((sentence) => ['de', sentence] as const),
];
