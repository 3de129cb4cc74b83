// The occurrences of a rule before a template is created.
import { InvalidInputError } from '@mono/contract/errors';
import { readMoment } from './local-time.js';
import { Schedule } from './schedule.js';
import { take } from './take.js';
import type { Preview, PreviewRequest } from '../../contract/preview.js';

const DEFAULT_LIMIT = 100;

type PreviewQuery = { [F in keyof PreviewRequest]: PreviewRequest[F] | undefined } & Pick<PreviewRequest, 'rule'>;

/** @param zone where the rule floats when it names none. @throws InvalidInputError: `rule.<field>`, `from` or `to` */
export function previewOf({ rule, from, to, limit = DEFAULT_LIMIT }: PreviewQuery, zone: string): Preview {
  checkBound('from', from);
  checkBound('to', to);
  const found = take(Schedule.of(rule, zone).between(from, to), limit);
  const items = found.map(({ originalStart, at, note }) => ({
    original_start: originalStart,
    at: formatSeconds(at),
    note,
  }));
  return { items };
}

/** RFC 3339 without the milliseconds that no rule has. */
function formatSeconds(at: number): string {
  return new Date(at).toISOString().replace('.000', '');
}

function checkBound(field: 'from' | 'to', value: string | undefined): void {
  if (value === undefined || readMoment(value)) return;
  const issue = 'must be local (2026-12-31T09:00:00), an instant (2026-12-31T08:00:00Z) or a date';
  throw new InvalidInputError([{ field, code: 'wrong_format', issue }]);
}
