// Metadata of input classes beyond the rules of class-validator: nested classes, readers of query text, read-only properties,
// and whether an object must have a field. input-reader.ts reads it.
import 'reflect-metadata';

export type InputClass<T extends object = object> = new () => T;

/** Converts the text of a query to the type that the rules expect. Returns other values unchanged. */
export type TextReader = (value: unknown) => unknown;

interface PropertyMetadata {
  nested?: () => InputClass;
  read?: TextReader;
}

const PROPERTIES = Symbol('input properties');
const READ_ONLY = Symbol('read-only properties');
const MERGE_PATCH = Symbol('merge patch');

function update(target: object, property: string | symbol, change: PropertyMetadata): void {
  const own = (Reflect.getOwnMetadata(PROPERTIES, target) ?? new Map()) as Map<string, PropertyMetadata>;
  own.set(String(property), { ...own.get(String(property)), ...change });
  Reflect.defineMetadata(PROPERTIES, own, target);
}

export function Nested(type: () => InputClass): PropertyDecorator {
  return (target, property) => update(target, property, { nested: type });
}

export function ReadFromText(read: TextReader): PropertyDecorator {
  return (target, property) => update(target, property, { read });
}

/** Includes the classes that `type` extends. */
export function propertyMetadata(type: InputClass, property: string): PropertyMetadata {
  for (let target: unknown = type.prototype; target instanceof Object; target = Object.getPrototypeOf(target)) {
    const own = Reflect.getOwnMetadata(PROPERTIES, target) as Map<string, PropertyMetadata> | undefined;
    const found = own?.get(property);
    if (found) return found;
  }
  return {};
}

/** For a class that is derived from `type` without extending it. */
export function copyPropertyMetadata(type: InputClass, derived: InputClass, property: string): void {
  const metadata = propertyMetadata(type, property);
  if (Object.keys(metadata).length > 0) update(derived.prototype, property, metadata);
}

/** The fields that the service sets on every resource. */
const ALWAYS_READ_ONLY = ['id', 'version', 'created_at', 'updated_at'];

/**
 * Fields of `resource` that the decorated input does not take lead to `read_only_field` instead of `unknown_field`, so that
 * clients who send a resource back see which fields to omit.
 */
export function ReadOnlyFieldsOf(resource: () => InputClass): ClassDecorator {
  return (type) => Reflect.defineMetadata(READ_ONLY, resource, type);
}

/** @param fieldsOf returns the names of a resource's fields. */
export function readOnlyFields(type: InputClass, fieldsOf: (resource: InputClass) => readonly string[]): Set<string> {
  const resource = Reflect.getMetadata(READ_ONLY, type) as (() => InputClass) | undefined;
  return new Set([...ALWAYS_READ_ONLY, ...(resource ? fieldsOf(resource()) : [])]);
}

/** An object without a field leads to `empty_update`. Patches of operations have this decorator implicitly. */
export function MergePatch(): ClassDecorator {
  return (type) => Reflect.defineMetadata(MERGE_PATCH, true, type);
}

export function isMergePatch(type: InputClass): boolean {
  return Reflect.getMetadata(MERGE_PATCH, type) === true;
}
