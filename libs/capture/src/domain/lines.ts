// Lines become tasks; indentation makes subtasks.

export interface Line {
  /** In the whole text, without indentation and bullet. */
  start: number;
  end: number;
  /** From 1. */
  number: number;
  /** The index of the line above it that is indented less. */
  parent: number | null;
  /** 1 for a task without a parent. */
  level: number;
}

const TAB_COLUMNS = 4;
const INDENTATION = /^[\p{Zs}\t]*/u;
/** `-`, `*`, `•`, `+`, `1)`, and the boxes of a list of tasks. */
const BULLET = /^(?:(?:[-*•+–]|\d{1,3}\))\s+)?(?:\[[ xX]?\]\s+)?/u;

export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  /** The lines that the next one may be below, with their columns. */
  const above: { index: number; column: number }[] = [];
  let at = 0;
  for (const [index, raw] of text.split(/\r\n|[\n\r\u2028\u2029]/).entries()) {
    const line = contentOf(raw, at);
    at += raw.length + lineBreakAt(text, at + raw.length);
    if (!line) continue;
    while ((above.at(-1)?.column ?? -1) >= line.column) above.pop();
    const parent = above.at(-1)?.index ?? null;
    above.push({ index: lines.length, column: line.column });
    lines.push({ start: line.start, end: line.end, number: index + 1, parent, level: above.length });
  }
  return lines;
}

function lineBreakAt(text: string, at: number): number {
  return text.startsWith('\r\n', at) ? 2 : 1;
}

function contentOf(raw: string, at: number): { start: number; end: number; column: number } | undefined {
  const indentation = INDENTATION.exec(raw)?.[0] ?? '';
  const rest = raw.slice(indentation.length);
  const bullet = BULLET.exec(rest)?.[0] ?? '';
  const content = rest.slice(bullet.length).trimEnd();
  if (content === '') return undefined;
  const start = at + indentation.length + bullet.length;
  return { start, end: start + content.length, column: columnsOf(indentation) };
}

function columnsOf(indentation: string): number {
  let columns = 0;
  for (const character of indentation) columns += character === '\t' ? TAB_COLUMNS - (columns % TAB_COLUMNS) : 1;
  return columns;
}
