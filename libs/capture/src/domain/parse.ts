// Quick add: tasks and templates out of text. It never throws: text that fits no phrase is a title.
import { wallTimeAt } from '@mono/contract/zones';
import { LANGUAGES, type Language } from './language.js';
import { linesOf, type Line } from './lines.js';
import type { Names } from './names.js';
import { parseLine, type ParsedFields } from './parse-line.js';
import type { Warning } from './warning.js';

export interface ParseOptions {
  /** RFC 3339. */
  now: string;
  /** An IANA name. */
  timezone: string;
  /** Default: the one whose phrases fit. */
  language?: Language | undefined;
  /** Without them, every name is taken as it is. */
  names?: Names | undefined;
}

export interface ParsedItem extends ParsedFields {
  /** From 1. */
  line: number;
  /** The index of the item of which this is a subtask. */
  parent: number | null;
}

export interface Parsed {
  language: Language;
  items: ParsedItem[];
}

/** The limits of tasks. */
const MAX_TITLE_CHARACTERS = 255;
const MAX_SUBTASK_DEPTH = 5;
const MINUTE_MS = 60_000;

/** Offsets are those of the text, in UTF-16 code units. */
export function parseText(text: string, { now, timezone, language, names }: ParseOptions): Parsed {
  const lines = linesOf(text);
  const parents = new Set(lines.map(({ parent }) => parent));
  const nowMs = Math.floor(Date.parse(now) / MINUTE_MS) * MINUTE_MS;
  const time = wallTimeAt(timezone, nowMs);
  const parseIn = (chosen: Language): Parsed => ({
    language: chosen,
    items: lines.map((line, index) => {
      const mayRecur = line.parent === null && !parents.has(index);
      const context = { language: chosen, now: time, nowMs, timezone, names, mayRecur };
      return itemOf(line, parseLine(text.slice(line.start, line.end), context));
    }),
  });
  if (language) return parseIn(language);
  const parses = LANGUAGES.map((chosen) => parseIn(chosen));
  const scores = parses.map((parsed) => scoreOf(parsed, text));
  return parses[scores.indexOf(Math.max(...scores))] ?? { language: 'en', items: [] };
}

function itemOf(line: Line, fields: ParsedFields): ParsedItem {
  const { start, parent, number } = line;
  const at = <T extends { start: number; end: number }>(range: T): T => ({
    ...range,
    start: range.start + start,
    end: range.end + start,
  });
  const warnings = [...fields.warnings.map(at), ...faultsOf(line, fields)];
  return { ...fields, line: number, parent, spans: fields.spans.map(at), warnings };
}

function faultsOf({ start, end, level }: Line, { title }: ParsedFields): Warning[] {
  const codes: Warning['code'][] = [];
  if (title === '') codes.push('empty_title');
  if (Array.from(title).length > MAX_TITLE_CHARACTERS) codes.push('title_too_long');
  if (level > MAX_SUBTASK_DEPTH) codes.push('subtasks_too_deep');
  return codes.map((code) => ({ code, name: title, start, end }));
}

const COMMON_WORDS: Readonly<Record<Language, RegExp>> = {
  en: /(?<!\p{L})(?:the|and|of|to|for|with|on|at|my|a|an|every|buy|call|from)(?!\p{L})/giu,
  de: /(?<!\p{L})(?:der|die|das|und|für|mit|am|um|zu|im|den|dem|ein|eine|jede[nrsm]?|alle|kaufen|anrufen|von|bis|ab)(?!\p{L})|[äöüß]/giu,
};
const DATES: ReadonlySet<string> = new Set(['due', 'starts_on', 'template']);

/** The text that phrases of the language cover; where both cover the same, its common words decide. */
function scoreOf({ language, items }: Parsed, text: string): number {
  const spans = items.flatMap((item) => item.spans).filter(({ field }) => DATES.has(field));
  const covered = spans.reduce((sum, { start, end }) => sum + end - start, 0);
  const words = Math.min(text.match(COMMON_WORDS[language])?.length ?? 0, 9);
  return covered + words / 10;
}
