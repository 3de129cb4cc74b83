// The date by which an occurrence is known within its series: `YYYY-MM-DDTHH:MM:SS`, local; with `Z` the UTC instant.
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Checked, isCalendarDate, TextField, type FieldOptions } from '@mono/contract';

const FORM = /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ?$/;
const ISSUE = 'must be local time such as 2026-01-31T09:00:00, or an instant of whole seconds with Z';

export function isOriginalStart(value: unknown): value is string {
  return typeof value === 'string' && FORM.test(value) && isCalendarDate(value.slice(0, 10));
}

export function OriginalStartField(options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    TextField(options),
    Checked('originalStart', isOriginalStart, ISSUE),
    ApiProperty({ pattern: FORM.source }),
  );
}
