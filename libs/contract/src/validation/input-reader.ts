// Reads untrusted JSON into an instance of an input class by the rules of class-validator's decorators. Each class is compiled
// once: plainToInstance and validateSync read the metadata for every object and cost more CPU than the SQL round trip
// (decisions/0002-compiled-validation.md of platform).
import { getMetadataStorage } from 'class-validator';
import { InvalidInputError, type FieldFault } from '../errors/index.js';
import { isMergePatch, propertyMetadata, readOnlyFields, type InputClass, type TextReader } from './input-metadata.js';

interface Fault extends FieldFault {
  code: string;
}

interface Rule {
  /** @returns the fault, or undefined. */
  check: (value: unknown, object: object) => string | undefined;
  code: string;
}

type Condition = (object: object, value: unknown) => boolean;

interface Property {
  name: string;
  conditions: Condition[];
  rules: Rule[];
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

const INVALID = 'validation_error';
const plans = new WeakMap<InputClass, Plan>();

/**
 * @param what the name of the whole input in faults: `body` or `query`.
 * @returns an instance with the sent fields only; absent fields are not set to undefined.
 * @throws InvalidInputError that names every faulty field by its path, such as `operations[3].task.title`. Its code is that of
 * the faults if they share one (`unknown_field`, `read_only_field`, `unknown_status` …), otherwise `validation_error`.
 */
export function readInput<T extends object>(type: InputClass<T>, value: unknown, what: string): T {
  const faults: Fault[] = [];
  const result = readObject(planOf(type), value, '', what, faults);
  const [first] = faults;
  if (first) {
    const code = faults.every((fault) => fault.code === first.code) ? first.code : INVALID;
    throw new InvalidInputError(
      faults.map(({ field, issue }) => ({ field, issue })),
      code,
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
    faults.push({ field: name, issue: 'must be an object', code: INVALID });
    return undefined;
  }
  const source = value as Record<string, unknown>;
  const prefix = path === '' ? '' : `${path}.`;
  const before = faults.length;
  const keys = Object.keys(source);
  for (const key of keys) {
    if (faults.length >= MAX_FAULTS) return undefined;
    if (plan.known.has(key)) continue;
    faults.push(
      plan.readOnly.has(key)
        ? { field: prefix + key, issue: 'is read-only', code: 'read_only_field' }
        : { field: prefix + shorten(key), issue: 'is not known', code: 'unknown_field' },
    );
  }
  if (keys.length === 0 && plan.refusesEmpty) {
    faults.push({ field: name, issue: 'must have at least one field', code: 'empty_update' });
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
    faults.push({ field: prefix + property.name, issue: 'is required', code: INVALID });
    return undefined;
  }
  for (const { check, code } of property.rules) {
    const issue = check(value, object);
    if (issue !== undefined) {
      faults.push({ field: prefix + property.name, issue, code });
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
      property.rules.push(...rulesOf(metadata));
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

function rulesOf(metadata: Metadata): Rule[] {
  const { each, message, constraints, propertyName, validateIf } = metadata;
  const code = (metadata.context as { code?: string } | undefined)?.code ?? INVALID;
  return getMetadataStorage()
    .getTargetValidatorConstraints(metadata.constraintCls)
    .map(({ instance }) => ({
      code,
      check(value, object) {
        if (validateIf && !validateIf(object, value)) return undefined;
        const facts = { value, object, constraints, property: propertyName, targetName: '' };
        const valid =
          each && Array.isArray(value)
            ? value.every((item) => instance.validate(item, facts) === true)
            : instance.validate(value, facts) === true;
        if (valid) return undefined;
        if (typeof message === 'string') return message;
        return message ? message(facts) : (instance.defaultMessage?.(facts) ?? 'is not valid');
      },
    }));
}

/** The documented fields of a resource. */
function fieldNames(resource: InputClass): string[] {
  // @nestjs/swagger stores the names of documented properties with a leading colon.
  const documented = (Reflect.getMetadata('swagger/apiModelPropertiesArray', resource.prototype as object) ??
    []) as string[];
  return documented.map((name) => name.slice(1));
}
