// A sentence of the corpus with its expected fields.
import type { RuleDraft } from './rule-draft.js';

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
