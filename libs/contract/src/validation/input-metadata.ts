// What a class says of its input beyond class-validator's rules: nested classes, how a query's text is read, which
// properties clients may only read, and whether an object without any field is refused. Read by input-reader.ts.
import 'reflect-metadata';

export type InputClass<T extends object = object> = new () => T;

/** Turns what a query string can carry into what the rules expect; leaves alone what it does not understand. */
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

/** Looks through the classes that `type` extends as well. */
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

/** Set by the service on every resource: an input that names one of them is told so. */
const ALWAYS_READ_ONLY = ['id', 'version', 'created_at', 'updated_at'];

/**
 * The fields of `resource` that the decorated input does not take are refused with the code `read_only_field`, not with
 * `unknown_field`: whoever sends back what was read learns what to leave out.
 */
export function ReadOnlyFieldsOf(resource: () => InputClass): ClassDecorator {
  return (type) => Reflect.defineMetadata(READ_ONLY, resource, type);
}

/** @param fieldsOf gives the names of a resource's fields. */
export function readOnlyFields(type: InputClass, fieldsOf: (resource: InputClass) => readonly string[]): Set<string> {
  const resource = Reflect.getMetadata(READ_ONLY, type) as (() => InputClass) | undefined;
  return new Set([...ALWAYS_READ_ONLY, ...(resource ? fieldsOf(resource()) : [])]);
}

/** An object without a field is refused with the code `empty_update`. The patch of an operation has it by itself. */
export function MergePatch(): ClassDecorator {
  return (type) => Reflect.defineMetadata(MERGE_PATCH, true, type);
}

export function isMergePatch(type: InputClass): boolean {
  return Reflect.getMetadata(MERGE_PATCH, type) === true;
}
