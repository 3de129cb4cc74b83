// Arrays whose items have a form of their own.
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, isUUID, ValidateIf } from 'class-validator';
import { Checked, type FieldOptions } from './fields.js';

export interface ItemsOptions extends FieldOptions {
  /** Default 1. */
  minItems?: number;
  maxItems: number;
  unique?: boolean;
}

export interface ItemForm {
  /** In the plural, for the fault of what is no array: `UUIDs`. */
  plural: string;
  check: (item: unknown) => boolean;
  /** Follows `each item`: `must be a UUID`. */
  issue: string | (() => string);
  schema: object;
}

export function ItemsField(options: ItemsOptions, { plural, check, issue, schema }: ItemForm): PropertyDecorator {
  const { description, example, minItems = 1, maxItems, optional, nullable, unique } = options;
  const absent = (value: unknown): boolean =>
    (optional === true && value === undefined) || (nullable === true && value === null);
  return applyDecorators(
    ...(optional || nullable ? [ValidateIf((_object, value) => !absent(value))] : []),
    IsArray({ message: `must be an array of ${plural}` }),
    ArrayMinSize(minItems, { message: `must have at least ${minItems} item${minItems === 1 ? '' : 's'}` }),
    ArrayMaxSize(maxItems, { message: `must have at most ${maxItems} items` }),
    ...(unique ? [ArrayUnique({ message: 'must not repeat an item' })] : []),
    Checked('items', check, () => `each item ${typeof issue === 'string' ? issue : issue()}`, { each: true }),
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
  check: (item) => isUUID(item),
  issue: 'must be a UUID',
  schema: { type: 'string', format: 'uuid' },
};

export function IdsField(options: ItemsOptions): PropertyDecorator {
  return ItemsField(options, UUIDS);
}

/** An array of words out of a set. @param options `values` may still grow: they are read with each input. */
export function EnumsField({ values, ...options }: ItemsOptions & { values: readonly string[] }): PropertyDecorator {
  return ItemsField(options, {
    plural: 'strings',
    check: (item) => values.includes(item as string),
    issue: () => `must be one of ${values.join(', ')}`,
    // The same array, so that the document has what was added later.
    schema: { type: 'string', enum: values },
  });
}
