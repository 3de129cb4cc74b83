// Reads untrusted JSON into an instance of an input class by the rules of its fields (rules.ts). Each class is compiled
// once: plainToInstance and validateSync read the metadata for every object and cost more CPU than the SQL round trip
// (decisions/0002-compiled-validation.md of platform).
import { getMetadataStorage } from 'class-validator';
import { errorCodeOf, InvalidInputError, sharedErrorCode, type FieldFault } from '../errors/index.js';
import { isMergePatch, propertyMetadata, readOnlyFields, type InputClass, type TextReader } from './input-metadata.js';
import type { RuleContext } from './rules.js';

interface Fault {
  fault: FieldFault;
  /** The error code of the field itself, if any. */
  errorCode?: string | undefined;
}

type Condition = (object: object, value: unknown) => boolean;

interface Property {
  name: string;
  conditions: Condition[];
  rules: RuleContext[];
  nested: (() => InputClass) | undefined;
  read: TextReader | undefined;
}

interface Plan {
  type: InputClass;
  properties: readonly Property[];
  known: ReadonlySet<string>;
  readOnly: ReadonlySet<string>;
  refusesEmpty: boolean;
}

const plans = new WeakMap<InputClass, Plan>();

/**
 * @param what the name of the whole input in faults: `body` or `query`.
 * @returns an instance with the sent fields only; absent fields are not set to undefined.
 * @throws InvalidInputError that names every faulty field by its path, such as `operations[3].task.title`, with the code of
 * `sharedErrorCode`.
 */
export function readInput<T extends object>(type: InputClass<T>, value: unknown, what: string): T {
  const faults: Fault[] = [];
  const result = readObject(planOf(type), value, '', what, faults);
  if (faults.length > 0) {
    const codes = faults.map(({ fault, errorCode }) => errorCodeOf(fault, errorCode));
    throw new InvalidInputError(
      faults.map(({ fault }) => fault),
      sharedErrorCode(codes),
    );
  }
  return result as T;
}

/** Whether a property of the class has rules. */
export function isInputClass(type: unknown): type is InputClass {
  return typeof type === 'function' && planOf(type as InputClass).properties.length > 0;
}

/** Limits the response and the work for an input with many faults. */
const MAX_FAULTS = 100;

function readObject(plan: Plan, value: unknown, path: string, name: string, faults: Fault[]): object | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    faults.push({ fault: { field: name, code: 'wrong_type', issue: 'must be an object' } });
    return undefined;
  }
  const source = value as Record<string, unknown>;
  const prefix = path === '' ? '' : `${path}.`;
  const before = faults.length;
  const keys = Object.keys(source);
  for (const key of keys) {
    if (faults.length >= MAX_FAULTS) return undefined;
    if (plan.known.has(key)) continue;
    const fault: FieldFault = plan.readOnly.has(key)
      ? { field: prefix + key, code: 'read_only', issue: 'is read-only' }
      : { field: prefix + shorten(key), code: 'unknown', issue: 'is not known' };
    faults.push({ fault });
  }
  if (keys.length === 0 && plan.refusesEmpty) {
    faults.push({ fault: { field: name, code: 'empty', issue: 'must have at least one field' } });
    return undefined;
  }
  const result = new plan.type() as Record<string, unknown>;
  for (const property of plan.properties) {
    const sent = Object.hasOwn(source, property.name) ? source[property.name] : undefined;
    const read = property.read && sent !== undefined ? property.read(sent) : sent;
    const kept = readProperty(property, read, source, prefix, faults);
    if (kept !== undefined) result[property.name] = kept;
  }
  return faults.length === before ? result : undefined;
}

function readProperty(property: Property, value: unknown, object: object, prefix: string, faults: Fault[]): unknown {
  if (faults.length >= MAX_FAULTS) return undefined;
  for (const holds of property.conditions) if (!holds(object, value)) return value;
  if (value === undefined && property.rules.length > 0) {
    faults.push({ fault: { field: prefix + property.name, code: 'required', issue: 'is required' } });
    return undefined;
  }
  for (const { find, errorCode } of property.rules) {
    const finding = find(value);
    if (finding) {
      faults.push({ fault: { field: prefix + property.name, ...finding }, errorCode });
      return undefined;
    }
  }
  if (!property.nested) return value;
  const plan = planOf(property.nested());
  const path = prefix + property.name;
  if (!Array.isArray(value)) return readObject(plan, value, path, path, faults);
  const items: unknown[] = [];
  for (const [index, item] of value.entries()) {
    if (faults.length >= MAX_FAULTS) return undefined;
    items.push(readObject(plan, item, `${path}[${index}]`, `${path}[${index}]`, faults));
  }
  return items;
}

/** Limits the length of client text in a response. */
function shorten(name: string): string {
  return name.length > 64 ? `${name.slice(0, 64)}…` : name;
}

function planOf(type: InputClass): Plan {
  let plan = plans.get(type);
  if (!plan) plans.set(type, (plan = compile(type)));
  return plan;
}

function compile(type: InputClass): Plan {
  const properties = new Map<string, Property>();
  const storage = getMetadataStorage();
  for (const metadata of storage.getTargetValidationMetadatas(type, '', false, false)) {
    const name = metadata.propertyName;
    let property = properties.get(name);
    if (!property) properties.set(name, (property = { name, conditions: [], rules: [], ...readAndNested(type, name) }));
    if (metadata.type === 'conditionalValidation') {
      property.conditions.push(metadata.constraints[0] as Condition);
    } else if (metadata.type === 'customValidation') {
      property.rules.push(ruleOf(metadata));
    } else if (metadata.type !== 'nestedValidation' && metadata.type !== 'whitelistValidation') {
      throw new TypeError(`${type.name}.${name}: rules of the type ${metadata.type} are not supported.`);
    } else if (metadata.type === 'nestedValidation' && !property.nested) {
      throw new TypeError(`${type.name}.${name}: a nested object needs its class (@Nested).`);
    }
  }
  return {
    type,
    properties: [...properties.values()],
    known: new Set(properties.keys()),
    readOnly: readOnlyFields(type, fieldNames),
    refusesEmpty: isMergePatch(type),
  };
}

function readAndNested(type: InputClass, name: string): Pick<Property, 'nested' | 'read'> {
  const { nested, read } = propertyMetadata(type, name);
  return { nested, read };
}

type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

function ruleOf({ context, name, propertyName }: Metadata): RuleContext {
  const rule = context as Partial<RuleContext> | undefined;
  if (!rule?.find) throw new TypeError(`${propertyName}: the rule ${name ?? ''} was not made by Rule of rules.ts.`);
  return rule as RuleContext;
}

/** The documented fields of a resource. */
function fieldNames(resource: InputClass): string[] {
  // @nestjs/swagger stores the names of documented properties with a leading colon.
  const documented = (Reflect.getMetadata('swagger/apiModelPropertiesArray', resource.prototype as object) ??
    []) as string[];
  return documented.map((name) => name.slice(1));
}
