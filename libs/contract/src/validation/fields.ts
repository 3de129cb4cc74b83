// One decorator per kind of field: its validation and its documentation in one place, so that they cannot differ.
// `optional`: may be absent. `nullable`: may be null (in a merge patch: clears the field).
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateIf, ValidateNested, isUUID } from 'class-validator';
import { Nested, ReadFromText } from './input-metadata.js';
import { isCalendarDate, isDuration, isFixedDuration, isInstant, isTimeZone, normalTimeZone } from './instants.js';
import {
  arrayRule,
  booleanRule,
  checkRule,
  firstFault,
  integerRule,
  objectRule,
  oneOfRule,
  Rule,
  textRule,
  type FaultFacts,
  type ItemsLimits,
  type TextLimits,
} from './rules.js';

export interface FieldOptions {
  description: string;
  example?: unknown;
  optional?: boolean;
  nullable?: boolean;
  default?: unknown;
}

function presence({ optional, nullable }: FieldOptions): PropertyDecorator[] {
  if (!optional && !nullable) return [];
  return [
    ValidateIf(
      (_object, value) => !((optional === true && value === undefined) || (nullable === true && value === null)),
    ),
  ];
}

function documented(field: FieldOptions, schema: ApiPropertyOptions): PropertyDecorator {
  const { description, example, optional, nullable } = field;
  return ApiProperty({
    ...schema,
    description,
    required: optional !== true,
    ...(nullable ? { nullable: true } : {}),
    ...(example === undefined ? {} : { example }),
    ...(field.default === undefined ? {} : { default: field.default }),
  } as ApiPropertyOptions);
}

/** A check of our own that reports `message` as the field's issue. */
export function Checked(
  name: string,
  check: (value: unknown) => boolean,
  message: string | (() => string),
  fault?: FaultFacts,
): PropertyDecorator {
  return Rule(name, checkRule(check, message, fault));
}

export interface TextOptions extends FieldOptions, TextLimits {}

export function TextField(options: TextOptions): PropertyDecorator {
  const { min, max, maxBytes } = options;
  return applyDecorators(
    ...presence(options),
    Rule('text', textRule(options)),
    documented(options, {
      type: String,
      ...(min === undefined ? {} : { minLength: min }),
      ...(max === undefined ? {} : { maxLength: max }),
      ...(maxBytes === undefined ? {} : { maxLength: maxBytes }),
    }),
  );
}

export interface TextsOptions extends FieldOptions, ItemsLimits {
  /** Per item, in code points. */
  max: number;
}

/** An array of short, not blank texts. */
export function TextsField(options: TextsOptions): PropertyDecorator {
  const { maxItems, minItems = 0, max, unique } = options;
  return applyDecorators(
    ...presence(options),
    Rule('texts', arrayRule(options, ' of strings', textRule({ min: 1, max, notBlank: true }))),
    documented(options, {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: max, pattern: '\\S' },
      ...(minItems ? { minItems } : {}),
      maxItems,
      ...(unique ? { uniqueItems: true } : {}),
    }),
  );
}

/** A text that `check` accepts. */
export function FormattedField(
  options: FieldOptions,
  name: string,
  check: (value: unknown) => boolean,
  issue: string,
  schema: ApiPropertyOptions,
  fault?: FaultFacts,
): PropertyDecorator {
  return applyDecorators(...presence(options), Checked(name, check, issue, fault), documented(options, schema));
}

/** Read in any case, kept in lower case, as the database returns it: ids are compared as texts. */
export function UuidField(options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    ReadFromText((value) => (typeof value === 'string' ? value.toLowerCase() : value)),
    FormattedField(options, 'uuid', (value) => isUUID(value), 'must be a UUID', { type: String, format: 'uuid' }),
  );
}

/** An instant: RFC 3339, any offset; answered in UTC with `Z`. */
export function InstantField(options: FieldOptions): PropertyDecorator {
  return FormattedField(options, 'instant', isInstant, 'must be an RFC 3339 instant such as 2026-05-01T09:00:00Z', {
    type: String,
    format: 'date-time',
  });
}

/** An instant or a day. A date is the beginning of that day in the zone of the caller, unless the input names one. */
export function MomentField(options: FieldOptions): PropertyDecorator {
  return FormattedField(
    options,
    'moment',
    (value) => isCalendarDate(value) || isInstant(value),
    'must be a calendar date such as 2026-11-01 or an RFC 3339 instant such as 2026-11-01T09:00:00Z',
    { type: String },
  );
}

export function DateField(options: FieldOptions): PropertyDecorator {
  return FormattedField(options, 'date', isCalendarDate, 'must be a calendar date such as 2026-05-01', {
    type: String,
    format: 'date',
  });
}

const DURATION = { type: String, format: 'duration' } as const;

export function DurationField(options: FieldOptions): PropertyDecorator {
  const issue = 'must be an ISO 8601 duration of at most ten years such as PT1H30M';
  return FormattedField(options, 'duration', isDuration, issue, DURATION);
}

/** A duration that is the same on every day of the year. */
export function FixedDurationField(options: FieldOptions): PropertyDecorator {
  const issue =
    'must be an ISO 8601 duration of at most ten years in weeks, days, hours, minutes and seconds such as PT1H30M; months and years have no fixed length';
  return FormattedField(options, 'fixed_duration', isFixedDuration, issue, DURATION);
}

/** How a measured duration is documented. The format `duration` of JSON Schema (RFC 3339, appendix A) knows no fractions of a second. */
export const MEASURED_DURATION = {
  type: String,
  pattern: String.raw`^PT(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d{1,3})?S)?$`,
} as const;

/** Names are read in any case and kept in the spelling of the IANA database. */
export function TimeZoneField(options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    ReadFromText(normalTimeZone),
    FormattedField(options, 'timezone', isTimeZone, 'must be an IANA time zone such as Europe/Berlin', {
      type: String,
    }),
  );
}

/** The form of addresses that mail servers commonly take: ASCII, a domain with a dot. */
const EMAIL =
  /^(?=.{3,254}$)(?=[^@]{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

export function isEmailAddress(value: unknown): value is string {
  return typeof value === 'string' && EMAIL.test(value);
}

export function EmailField(options: FieldOptions): PropertyDecorator {
  return FormattedField(options, 'email', isEmailAddress, 'must be an e-mail address such as ada@example.com', {
    type: String,
    format: 'email',
    maxLength: 254,
  });
}

export interface EnumOptions extends FieldOptions {
  values: readonly string[];
  /** The schema's name in OpenAPI, where the enumeration is shared. */
  enumName?: string;
  /** The error code for another value, where it has one of its own. */
  code?: string;
}

export function EnumField(options: EnumOptions): PropertyDecorator {
  const { values, enumName, code } = options;
  return applyDecorators(
    ...presence(options),
    Rule('enum', oneOfRule(values), code),
    documented(options, { enum: [...values], ...(enumName ? { enumName } : {}) }),
  );
}

export interface IntegerOptions extends FieldOptions {
  min: number;
  max: number;
  /** Query parameters arrive as text: only an optional sign and digits are taken for a number. */
  fromQuery?: boolean;
}

export function IntegerField(options: IntegerOptions): PropertyDecorator {
  const { min, max } = options;
  return applyDecorators(
    ...(options.fromQuery
      ? [ReadFromText((value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value))]
      : []),
    ...presence(options),
    Rule('integer', integerRule(min, max)),
    documented(options, { type: 'integer', minimum: min, maximum: max }),
  );
}

export function BooleanField(options: FieldOptions): PropertyDecorator {
  return applyDecorators(...presence(options), Rule('boolean', booleanRule), documented(options, { type: Boolean }));
}

/** A nested object of a class of its own, validated with it. */
export function ObjectField(type: () => new () => object, options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    ...presence(options),
    Rule('object', objectRule),
    ValidateNested(),
    Nested(type),
    // Swagger knows a lazy type by the name `type` of the function itself.
    documented(options, { type: () => type() }),
  );
}

/** An array of objects of a class of their own, validated with it. */
export function ObjectsField(
  type: () => new () => object,
  options: FieldOptions & { minItems: number; maxItems: number },
): PropertyDecorator {
  const { minItems, maxItems } = options;
  return applyDecorators(
    ...presence(options),
    Rule('objects', arrayRule(options, '', objectRule)),
    ValidateNested({ each: true }),
    Nested(type),
    documented(options, { type: () => [type()], minItems, maxItems }),
  );
}

/** A query parameter with one value or several, repeated or separated by commas, always seen as an array. */
export function RepeatableEnumField(options: EnumOptions): PropertyDecorator {
  const { values, enumName, code } = options;
  const item = oneOfRule(values);
  const most = checkRule(
    (given) => Array.isArray(given) && given.length <= values.length,
    `must have at most ${values.length} values`,
    { code: 'too_many', limits: { max_items: values.length } },
  );
  return applyDecorators(
    ReadFromText(separated),
    ...presence(options),
    Rule('count', most),
    Rule('enums', (given) => firstFault(given as unknown[], item), code),
    documented(options, {
      enum: [...values],
      isArray: true,
      maxItems: values.length,
      ...(enumName ? { enumName } : {}),
    }),
  );
}

/**
 * A text parameter of a query, always seen as an array: repeated, each value as it is, or once with values separated by commas, where
 * `\,` is a comma in a value and `\\` a backslash.
 */
export function RepeatableTextField(options: FieldOptions & { maxItems: number; max: number }): PropertyDecorator {
  return applyDecorators(
    ReadFromText((value) => (Array.isArray(value) ? value : separated(value))),
    TextsField(options),
  );
}

/** A query parameter with one id or several, repeated or separated by commas: a single one is seen as itself, several as an array. */
export function RepeatableUuidField(options: FieldOptions & { maxItems: number }): PropertyDecorator {
  const { maxItems } = options;
  const isUuids = (value: unknown): boolean =>
    Array.isArray(value) ? value.length <= maxItems && value.every((item) => isUUID(item)) : isUUID(value);
  return applyDecorators(
    ReadFromText((value) => {
      const values = [...new Set(separated(value).map((id) => (typeof id === 'string' ? id.toLowerCase() : id)))];
      return values.length === 1 ? values[0] : values;
    }),
    FormattedField(options, 'uuids', isUuids, `must be a UUID, or at most ${maxItems} of them`, {
      type: 'array',
      items: { type: 'string', format: 'uuid' },
      maxItems,
    }),
  );
}

/** Each text as its parts between commas; anything else as it is. */
function separated(value: unknown): unknown[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap((one) => (typeof one === 'string' ? partsOf(one) : [one]));
}

function partsOf(text: string): string[] {
  if (!text.includes(',') && !text.includes('\\')) return [text];
  const parts = [''];
  for (const piece of text.match(/\\[\\,]|[^]/gu) ?? []) {
    if (piece === ',') parts.push('');
    else parts.push(`${parts.pop() ?? ''}${piece.length > 1 && piece.startsWith('\\') ? piece.slice(1) : piece}`);
  }
  return parts;
}
