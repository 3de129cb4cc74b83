// HTML with escaped values: html`…` escapes each value that is not html`…` itself.

export class Html {
  constructor(readonly source: string) {}
}

type Value = string | number | Html | readonly Html[];

/** Values are allowed between tags and in quoted attributes only: not in scripts, styles or unquoted attributes. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const source = parts.reduce((before, part, index) => before + render(values[index - 1] ?? '') + part);
  return new Html(source);
}

function render(value: Value): string {
  if (value instanceof Html) return value.source;
  if (typeof value === 'object') return value.map(({ source }) => source).join('');
  return escape(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '');
}
