// Parts of the text that stay in the title although they look like fields, and items that cannot be created.
import type { QuickWarningCode } from '../../contract/quick-add-constants.js';
import type { Range } from './span.js';

export type WarningCode = QuickWarningCode;

export interface Warning extends Range {
  code: WarningCode;
  /** The part of the text. */
  name: string;
}

/** Items with one of them are refused when they are to be created. */
export const FATAL_WARNINGS: readonly WarningCode[] = ['empty_title', 'title_too_long', 'subtasks_too_deep'];
