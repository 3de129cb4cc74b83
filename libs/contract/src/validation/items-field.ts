// Arrays whose items have a form of their own.
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { isUUID, ValidateIf } from 'class-validator';
import type { FieldOptions } from './fields.js';
import { arrayRule, checkRule, oneOfRule, Rule, type Find, type ItemsLimits } from './rules.js';

/** `minItems`: default 1. */
export interface ItemsOptions extends FieldOptions, ItemsLimits {}

export interface ItemForm {
  /** In the plural, for the fault of what is no array: `UUIDs`. */
  plural: string;
  /** Its issue follows `each item`: `must be a UUID`. */
  rule: Find;
  schema: object;
}

export function ItemsField(options: ItemsOptions, { plural, rule, schema }: ItemForm): PropertyDecorator {
  const { description, example, minItems = 1, maxItems, optional, nullable, unique } = options;
  const absent = (value: unknown): boolean =>
    (optional === true && value === undefined) || (nullable === true && value === null);
  return applyDecorators(
    ...(optional || nullable ? [ValidateIf((_object, value) => !absent(value))] : []),
    Rule('items', arrayRule({ ...options, minItems }, ` of ${plural}`, rule)),
    ApiProperty({
      description,
      type: 'array',
      items: schema,
      minItems,
      maxItems,
      required: optional !== true,
      ...(unique ? { uniqueItems: true } : {}),
      ...(nullable ? { nullable: true } : {}),
      ...(example === undefined ? {} : { example }),
    }),
  );
}

const UUIDS: ItemForm = {
  plural: 'UUIDs',
  rule: checkRule((item) => isUUID(item), 'must be a UUID'),
  schema: { type: 'string', format: 'uuid' },
};

export function IdsField(options: ItemsOptions): PropertyDecorator {
  return ItemsField(options, UUIDS);
}

/** An array of words out of a set. @param options `values` may still grow: they are read with each input. */
export function EnumsField({ values, ...options }: ItemsOptions & { values: readonly string[] }): PropertyDecorator {
  return ItemsField(options, {
    plural: 'strings',
    rule: oneOfRule(values),
    // The same array, so that the document has what was added later.
    schema: { type: 'string', enum: values },
  });
}
