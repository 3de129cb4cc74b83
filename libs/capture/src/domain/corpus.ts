// Sentences with the expected fields. It is Wednesday, 29 April 2026, 10:00 in Berlin.
import type { Language } from './language.js';
import { ENGLISH } from './corpus-english.js';
import { GERMAN } from './corpus-german.js';
import type { RuleDraft } from './rule-draft.js';

export const CORPUS_NOW = '2026-04-29T08:00:00Z';
export const CORPUS_ZONE = 'Europe/Berlin';

export interface ExpectedFields {
  /** Default: the text outside of the braces. */
  title?: string;
  list?: string;
  tags?: string[];
  priority?: string;
  assignee?: string;
  estimate?: string;
  /** A day, or a local time. */
  due?: string;
  starts?: string;
  /** Without its time zone. */
  rule?: Omit<RuleDraft, 'timezone'>;
  anchor?: 'completion';
}

/** The text, with braces around each expected span, and the expected fields. */
export type Sentence = [marked: string, expected: ExpectedFields];

export const CORPUS: readonly (readonly [Language, Sentence])[] = [
  ...ENGLISH.map((sentence) => ['en', sentence] as const),
  ...GERMAN.map((sentence) => ['de', sentence] as const),
];
