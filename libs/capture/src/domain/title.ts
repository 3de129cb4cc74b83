// The title: the text outside of the spans.
import type { Range, Span } from './span.js';

/** Spans of one field beside each other are one; a separator that would be left at an end of the title belongs to its span. */
export function withSeparators(spans: readonly Span[], line: string): Span[] {
  const joined: Span[] = [];
  for (const span of spans) {
    const previous = joined.at(-1);
    const isSame = previous?.field === span.field && span.field !== 'tags';
    if (previous && isSame && /^[\s,]*$/.test(line.slice(previous.end, span.start))) previous.end = span.end;
    else joined.push({ ...span });
  }
  let begin = 0;
  for (const [index, span] of joined.entries()) {
    if (line.slice(begin, span.start).trim() !== '') break;
    const room = line.slice(span.end, joined[index + 1]?.start);
    span.end += /^\s*[,:;](?=\s|$)/.exec(room)?.[0].length ?? 0;
    begin = span.end;
  }
  let end = line.length;
  for (let index = joined.length - 1; index >= 0; index -= 1) {
    const span = joined[index];
    if (!span || line.slice(span.end, end).trim() !== '') break;
    const room = line.slice(joined[index - 1]?.end ?? 0, span.start);
    span.start -= /(?:(?<=\s)[-–]|,)\s*$/.exec(room)?.[0].length ?? 0;
    end = span.start;
  }
  return joined;
}

/** @param escapes backslashes that are no part of it. */
export function titleOf(line: string, spans: readonly Range[], escapes: readonly number[]): string {
  const dropped = [...spans, ...escapes.map((start) => ({ start, end: start + 1 }))].sort((a, b) => a.start - b.start);
  let title = '';
  let at = 0;
  for (const { start, end } of dropped) {
    title += line.slice(at, start);
    at = end;
  }
  return (title + line.slice(at)).replaceAll(/\s+/gu, ' ').trim();
}
