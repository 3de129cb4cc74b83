import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, isUUID, ValidateIf } from 'class-validator';
import { Checked, type FieldOptions } from './fields.js';

/** An array of UUIDs, at least one. */
export function IdsField({ description, maxItems, optional }: FieldOptions & { maxItems: number }): PropertyDecorator {
  return applyDecorators(
    ...(optional ? [ValidateIf((_object, value) => value !== undefined)] : []),
    IsArray({ message: 'must be an array of UUIDs' }),
    ArrayMinSize(1, { message: 'must have at least 1 item' }),
    ArrayMaxSize(maxItems, { message: `must have at most ${maxItems} items` }),
    Checked('uuids', (value) => isUUID(value), 'each item must be a UUID', { each: true }),
    ApiProperty({
      description,
      type: 'array',
      items: { type: 'string', format: 'uuid' },
      minItems: 1,
      maxItems,
      required: optional !== true,
    }),
  );
}
