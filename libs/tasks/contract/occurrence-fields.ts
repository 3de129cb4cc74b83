// Fields of occurrences, which come from a module by the hundred: the same rules as those that clients' fields have, at a
// tenth of the price where a value has the form in which modules write it, or was seen before.
import { applyDecorators } from '@nestjs/common';
import { Checked, isInstant, isTimeZone, TextField, type FieldOptions } from '@mono/platform';

const CANONICAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/;
/** More than there are zones, but not more than a few if somebody writes them in all ways. */
const REMEMBERED_ZONES = 2_000;
const zones = new Set<string>();

/** A day or an hour that is not there would come back from Date as another. */
function isQuickInstant(value: unknown): boolean {
  if (typeof value !== 'string' || !CANONICAL.test(value)) return false;
  const date = new Date(value);
  return (
    !Number.isNaN(date.getTime()) && date.getUTCFullYear() > 0 && value.startsWith(date.toISOString().slice(0, 19))
  );
}

function isRememberedZone(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  if (zones.has(value)) return true;
  if (!isTimeZone(value)) return false;
  if (zones.size >= REMEMBERED_ZONES) zones.clear();
  zones.add(value);
  return true;
}

export function OccurrenceInstantField(options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    TextField(options),
    Checked('instant', (value) => isQuickInstant(value) || isInstant(value), 'must be an RFC 3339 instant'),
  );
}

export function OccurrenceTimeZoneField(options: FieldOptions): PropertyDecorator {
  return applyDecorators(TextField(options), Checked('timezone', isRememberedZone, 'must be an IANA time zone'));
}
