// An RRULE as the reader has taken it apart, put together again: with parts that it does not know, so that the engine
// refuses them instead of missing them.

const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

export function rruleText(parts: Record<string, unknown>): string {
  return Object.entries(parts)
    .map(([name, value]) => `${name.toUpperCase()}=${valueText(name, value)}`)
    .join(';');
}

function valueText(name: string, value: unknown): string {
  // Days of the week begin with 1 there.
  if (name === 'wkst' && typeof value === 'number') return DAYS[value - 1] ?? String(value);
  if (name === 'until') return String(value).replaceAll(/[-:]/g, '');
  return [value].flat().join(',');
}
