// Durations of effort, such as `45m`, `1h30`, `1.5 hours`, `2 Stunden`.

const AMOUNT = String.raw`\d{1,4}(?:[.,]\d{1,2})?`;
const HOURS = 'hours?|hrs?|h|stunden?|std';
const MINUTES = 'minutes?|minuten?|mins?|m';
const PARTS = new RegExp(
  String.raw`^(?:(${AMOUNT})\s*(?:${HOURS})(?:\s*(?:and |und )?(\d{1,4})\s*(?:${MINUTES})?)?|(${AMOUNT})\s*(?:${MINUTES}))(?![\p{L}\p{N}])`,
  'iu',
);
/** The longest is that of the API: ten years. */
const MAX_MINUTES = 10 * 365 * 24 * 60;

export interface ReadDuration {
  /** ISO 8601. */
  duration: string;
  /** UTF-16 code units from the begin of the text. */
  length: number;
}

/** Reads a duration from the begin of the text. */
export function readDuration(text: string): ReadDuration | undefined {
  const [matched, hours, more, minutes] = PARTS.exec(text) ?? [];
  if (matched === undefined) return undefined;
  const total = Math.round(numberOf(hours) * 60 + numberOf(more) + numberOf(minutes));
  if (total < 1 || total > MAX_MINUTES) return undefined;
  return { duration: durationOf(total), length: matched.length };
}

/** ISO 8601, in hours and minutes. */
export function durationOf(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  return `PT${hours > 0 ? `${hours}H` : ''}${minutes % 60 > 0 ? `${minutes % 60}M` : ''}`;
}

function numberOf(text: string | undefined): number {
  return Number((text ?? '0').replace(',', '.'));
}
