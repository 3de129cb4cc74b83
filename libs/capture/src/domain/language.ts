// The languages of phrases.
import { QUICK_LANGUAGES, type QuickLanguage } from '../../contract/quick-add-constants.js';

export const LANGUAGES = QUICK_LANGUAGES;
export type Language = QuickLanguage;
