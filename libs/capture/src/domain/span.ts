// Places in the text: offsets in UTF-16 code units, the end exclusive.

/** Fields of tasks; `due` stands for `due_at` and `due_on`. */
export type SpanField =
  'list_id' | 'tags' | 'priority' | 'assignee_id' | 'estimated_duration' | 'due' | 'starts_on' | 'template';

export interface Range {
  start: number;
  end: number;
}

export interface Span extends Range {
  field: SpanField;
}

/** Belongs to no word and is no white space, so that no phrase extends across it. */
const MASK = '\uE000';

/** The text with the range hidden from all phrases; offsets stay. */
export function masked(text: string, { start, end }: Range): string {
  return text.slice(0, start) + MASK.repeat(end - start) + text.slice(end);
}

export function isMask(character: string | undefined): boolean {
  return character === MASK;
}

export function overlaps(a: Range, b: Range): boolean {
  return a.start < b.end && b.start < a.end;
}

/** A regular expression for a phrase of whole words. */
export function phrase(source: string): RegExp {
  return new RegExp(String.raw`(?<![\p{L}\p{N}_/.:'’]|\p{L}-)(?:${source})(?![\p{L}\p{N}_]|-[\p{L}]|['’]\p{L})`, 'giu');
}
