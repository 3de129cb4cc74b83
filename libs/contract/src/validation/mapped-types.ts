// Derives input classes from one another. Nest's own mapped types do not copy the rules of fields.ts, take null for absent, and
// construct the class that they derive from with every instance.
import { ApiProperty, DECORATORS, type ApiPropertyOptions } from '@nestjs/swagger';
import { getMetadataStorage, ValidateIf } from 'class-validator';
import { copyPropertyMetadata, type InputClass } from './input-metadata.js';

type Key<T> = keyof T & string;

/** The fields of `type` that `keys` name, in the order of `type`. */
export function PickType<T extends object, const K extends Key<T>>(
  type: InputClass<T>,
  keys: readonly K[],
): InputClass<Pick<T, K>> {
  return derive(type, (key) => isIn(keys, key)) as InputClass<Pick<T, K>>;
}

/** The fields of `type` that `keys` do not name. */
export function OmitType<T extends object, const K extends Key<T>>(
  type: InputClass<T>,
  keys: readonly K[],
): InputClass<Omit<T, K>> {
  return derive(type, (key) => !isIn(keys, key)) as InputClass<Omit<T, K>>;
}

/**
 * The fields of `type`. Those that `keys` name may be absent, without a default, and are null only where `type` lets them be.
 * @param keys default: all.
 */
export function PartialType<T extends object, const K extends Key<T> = Key<T>>(
  type: InputClass<T>,
  keys?: readonly K[],
): InputClass<Omit<T, K> & Partial<Pick<T, K>>> {
  const isPartial = (key: string): boolean => keys === undefined || isIn(keys, key);
  return derive(type, () => true, isPartial) as InputClass<Omit<T, K> & Partial<Pick<T, K>>>;
}

function isIn(keys: readonly string[], key: string): boolean {
  return keys.includes(key);
}

function derive(
  type: InputClass,
  has: (key: string) => boolean,
  isPartial: (key: string) => boolean = () => false,
): InputClass {
  const derived = class {};
  const storage = getMetadataStorage();
  const rules = storage.getTargetValidationMetadatas(type, '', false, false).filter((rule) => has(rule.propertyName));
  const documented = documentedKeys(type).filter(has);
  for (const key of new Set([...documented, ...rules.map(({ propertyName }) => propertyName)])) {
    copyPropertyMetadata(type, derived, key);
    if (isPartial(key)) ValidateIf((_object, value) => value !== undefined)(derived.prototype, key);
  }
  for (const rule of rules) storage.addValidationMetadata(Object.assign({}, rule, { target: derived }));
  for (const key of documented) ApiProperty(documentationOf(type, key, isPartial(key)))(derived.prototype, key);
  return derived;
}

/** @nestjs/swagger keeps them with a colon in front. */
function documentedKeys(type: InputClass): string[] {
  const names = (Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES_ARRAY, type.prototype as object) ??
    []) as string[];
  return names.map((name) => name.slice(1));
}

function documentationOf(type: InputClass, key: string, isPartial: boolean): ApiPropertyOptions {
  const documentation = Reflect.getMetadata(
    DECORATORS.API_MODEL_PROPERTIES,
    type.prototype as object,
    key,
  ) as ApiPropertyOptions;
  if (!isPartial) return documentation;
  const { default: _default, ...rest } = documentation;
  return { ...rest, required: false } as ApiPropertyOptions;
}
