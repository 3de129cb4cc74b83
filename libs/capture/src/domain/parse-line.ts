// One line: its fields, their spans, and the title that remains.
import { Temporal } from 'temporal-polyfill';
import { readDue, type Due } from './due.js';
import { durationOf, readDuration } from './durations.js';
import { ENGLISH_PHRASES } from './english.js';
import { GERMAN_PHRASES } from './german.js';
import type { Language } from './language.js';
import { lineMoments } from './line-moments.js';
import { literalText } from './literal-text.js';
import type { Names } from './names.js';
import { findPhrase } from './phrases.js';
import { readRecurrence, type ReadRecurrence } from './read-recurrence.js';
import { readSigils, type Sigils } from './sigils.js';
import { masked, type Span } from './span.js';
import { titleOf, withSeparators } from './title.js';
import type { Warning } from './warning.js';

export interface LineContext {
  language: Language;
  /** Local time, to the minute. */
  now: Temporal.PlainDateTime;
  /** The same as an instant. */
  nowMs: number;
  timezone: string;
  names: Names | undefined;
  /** Whether the line may be a template: it is not a subtask and has none. */
  mayRecur: boolean;
}

export interface ParsedFields extends Pick<Sigils, 'list' | 'tags' | 'priority' | 'assignee' | 'estimate'>, Due {
  title: string;
  template?: Pick<ReadRecurrence, 'rule' | 'anchor'>;
  spans: Span[];
  warnings: Warning[];
}

const PHRASES = { en: ENGLISH_PHRASES, de: GERMAN_PHRASES };
const LASTING = { en: /^\s+(?:for\s+)(?=\d)/i, de: /^\s+(?:für\s+)(?=\d)/i };

/** Offsets are those of the line. */
export function parseLine(line: string, context: LineContext): ParsedFields {
  const literal = literalText(line);
  const sigils = readSigils(line, literal.masked, context.names);
  const { list, tags, priority, assignee, warnings } = sigils;
  const dates = readDates(sigils.masked, context, warnings);
  const lasting = sigils.estimate === undefined ? readLasting(sigils.masked, context.language, dates.spans) : undefined;
  const estimate = sigils.estimate ?? lasting?.estimate ?? dates.estimate;
  const found = [...sigils.spans, ...dates.spans, ...(lasting ? [lasting.span] : [])].sort((a, b) => a.start - b.start);
  const spans = withSeparators(found, line);
  const { due, starts, template } = dates;
  return {
    title: titleOf(line, spans, literal.escapes),
    ...(list ? { list } : {}),
    tags,
    ...(priority ? { priority } : {}),
    ...(assignee ? { assignee } : {}),
    ...(estimate === undefined ? {} : { estimate }),
    ...(due === undefined ? {} : { due }),
    ...(starts === undefined ? {} : { starts }),
    ...(template ? { template } : {}),
    spans,
    warnings,
  };
}

interface Dates extends Due {
  template?: Pick<ReadRecurrence, 'rule' | 'anchor'>;
  estimate?: string;
  spans: Span[];
}

function readDates(text: string, context: LineContext, warnings: Warning[]): Dates {
  const { language, now, timezone, mayRecur } = context;
  const found = findPhrase(text, PHRASES[language]);
  if (found && !mayRecur) {
    const { start, end } = found;
    warnings.push({ code: 'recurring_subtask', name: text.slice(start, end), start, end });
    return readSingle(masked(text, found), context);
  }
  const recurrence = found && readRecurrence(text, found, { language, now, timezone });
  if (!recurrence) return readSingle(found ? masked(text, found) : text, context);
  const { rule, anchor, spans } = recurrence;
  return { template: { rule, ...(anchor ? { anchor } : {}) }, spans };
}

function readSingle(text: string, { language, now, nowMs, timezone }: LineContext): Dates {
  const { minutes, ...due } = readDue(lineMoments(text, language, now), text, { now, nowMs, timezone });
  return { ...due, ...(minutes === undefined ? {} : { estimate: durationOf(minutes) }) };
}

/** `at 9am for 45 minutes`: a duration after a date is an estimate, elsewhere a word of the title. */
function readLasting(
  text: string,
  language: Language,
  spans: readonly Span[],
): { estimate: string; span: Span } | undefined {
  for (const { end } of spans) {
    const lead = LASTING[language].exec(text.slice(end))?.[0];
    const read = lead === undefined ? undefined : readDuration(text.slice(end + lead.length));
    if (lead === undefined || !read) continue;
    const start = end + lead.length - lead.trimStart().length;
    const span: Span = { field: 'estimated_duration', start, end: end + lead.length + read.length };
    if (spans.every((other) => other.end <= span.start || other.start >= span.end))
      return { estimate: read.duration, span };
  }
  return undefined;
}
