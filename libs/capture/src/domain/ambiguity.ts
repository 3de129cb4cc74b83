// Which of the moments are meant as dates. A word with another meaning stays in the title.
import type { Language } from './language.js';
import type { Moment } from './moment.js';
import { isMask } from './span.js';

/** Words that are dates only beside another word of a date, such as `on sat` or `fri 2pm`. */
const WEAK: Readonly<Record<Language, RegExp>> = {
  en: /^(?:mon|tues?|weds?|thu|thurs?|fri|sat|sun|now|noon|midnight|morning|afternoon|evening|night|in the (?:morning|afternoon|evening)|this (?:morning|afternoon|evening|week|month|year)|the \p{L}+|yesterday|last .*|.* ago|past .*)$/iu,
  de: /^(?:mo|di|mi|do|fr|sa|so|jetzt|mittags?|mitternacht|früh|abends?|morgens|vormittags?|nachmittags?|nachts?|diese[nsr]? (?:woche|monat|jahr)|gestern|vorgestern|vor .*|letzte[nsr]? .*|vergangene[nsr]? .*)$/i,
};

/** Words before a weekday that make a name of it. */
const NAMES = /(?:^|\s)(?:the|black|good|ash|palm|easter|cyber|fat|holy|super|aller)\s+$/i;
/** A number without a word of time: `at 5`, `um 9`. */
const BARE_HOUR = /^(?:at|um|gegen)?\s*\d{1,2}$/i;
const PREPOSITION: Readonly<Record<Language, RegExp>> = {
  en: /\b(?:on|at|by|due|this|until|from)\s+$/i,
  de: /(?<!\p{L})(?:am|um|bis|ab|zum)\s+$/iu,
};
/** An amount of time without a direction: `5 days`, `8 hours`. */
const AMOUNT =
  /^(?:about\s+|for\s+|für\s+)?(?:(?:a|an|half an?|one|two|three|four|five|six|seven|eight|nine|ten|few|couple of|eine[nrm]?|zwei|drei|vier)\s+|\d+(?:[.,]\d+)?\s*)(?:seconds?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|sekunden?|minuten?|stunden?|tagen?|wochen?|monaten?|jahren?)$/i;
/** In English, day and month come in either order. */
const SLASHED = /^(\d{1,2})\/(\d{1,2})(?!\/|\d)/;
const DOTTED = /^\d{1,2}\.\d{1,2}(?!\.|\d|\s*(?:uhr|am|pm))/i;
const FOLLOWED = /^\s*(?:$|[\uE000,;!)?]|\.(?:\s|$)|\p{Pd}(?:\s|$))/u;

/** @param isTimed whether a time of day follows it. */
export function isMeant(moment: Moment, text: string, language: Language, isTimed: boolean): boolean {
  const [before, words, after] = [
    text.slice(0, moment.start),
    text.slice(moment.start, moment.end),
    text.slice(moment.end),
  ];
  if (joins(before.at(-1), after)) return false;
  if (moment.isWeekday && NAMES.test(before)) return false;
  const hasPreposition = PREPOSITION[language].test(before);
  if (WEAK[language].test(words))
    return (hasPreposition || (isTimed && moment.isWeekday === true)) && !/\s/.test(words);
  if (language === 'de' && words === 'Morgen' && before.trim() !== '' && !isMask(before.at(-1))) return false;
  if (moment.isMonth) return isMonthMeant(words, hasPreposition);
  if (BARE_HOUR.test(words)) return /\p{L}/u.test(words) && FOLLOWED.test(after);
  if (AMOUNT.test(words)) return false;
  if (DOTTED.test(words)) return false;
  return !isEitherOrder(words);
}

function joins(previous: string | undefined, after: string): boolean {
  return /[\p{L}\p{N}_/.:+#$€-]/u.test(previous ?? ' ') || /^(?:[\p{L}\p{N}_%€$/]|[-–]\p{L}|['’]\p{L})/u.test(after);
}

/** `by June` is a date, `June` and `in June` are words. With a year it is a date. */
function isMonthMeant(words: string, hasPreposition: boolean): boolean {
  return hasPreposition || /\d{4}/.test(words);
}

function isEitherOrder(words: string): boolean {
  const [, first, second] = SLASHED.exec(words) ?? [];
  return first !== undefined && second !== undefined && Number(first) <= 12 && Number(second) <= 12 && first !== second;
}
