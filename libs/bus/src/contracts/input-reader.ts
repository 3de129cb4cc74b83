// How a message becomes an instance of a contract's class. The default uses class-validator; an application with a faster
// reader of the same decorators passes its own and does not need class-validator.
import { createRequire } from 'node:module';
import type * as ClassValidator from 'class-validator';
import { BusError } from '../calls/bus-error.js';
import type { Class } from './contract.js';

export interface InputReader {
  /** Whether the class has rules at all. */
  hasRules(type: Class): boolean;
  /** @returns an instance with only what was sent. @throws an error with the status 422 that names each field. */
  read<T>(type: Class<T>, value: unknown, what: string): T;
  /**
   * Replies and events, which come from nodes: fields that a newer one adds are let through. Without it they are taken as
   * they come.
   */
  readTrusted?<T>(type: Class<T>, value: unknown): T;
}

/** @throws Error when class-validator is not installed. */
export function classValidatorReader(): InputReader {
  const { getMetadataStorage, validateSync } = loadClassValidator();
  const hasRules = (type: Class): boolean =>
    getMetadataStorage().getTargetValidationMetadatas(type, '', false, false).length > 0;
  return {
    hasRules,
    read<T>(type: Class<T>, value: unknown, what: string): T {
      if (value === null || typeof value !== 'object' || Array.isArray(value)) {
        throw invalid([{ field: what, issue: 'must be an object' }]);
      }
      const instance = Object.assign(new type() as object, value);
      const faults = validateSync(instance, {
        whitelist: true,
        forbidNonWhitelisted: true,
        forbidUnknownValues: false,
      });
      if (faults.length > 0) throw invalid(describeAll(faults));
      return instance as T;
    },
    readTrusted<T>(type: Class<T>, value: unknown): T {
      if (!hasRules(type)) return value as T;
      const instance = Object.assign(new type() as object, value);
      const faults = validateSync(instance, { forbidUnknownValues: false });
      if (faults.length === 0) return instance as T;
      const details = describeAll(faults);
      throw new BusError({
        status: 500,
        code: 'internal_error',
        message: 'The message does not match its contract.',
        details,
      });
    },
  };
}

/** At run time, since the package is an optional peer; its rules are kept in one global store. */
function loadClassValidator(): typeof ClassValidator {
  try {
    return createRequire(import.meta.url)('class-validator') as typeof ClassValidator;
  } catch (cause) {
    throw new Error('Cannot load class-validator: install it, or pass `reader` to the bus.', { cause });
  }
}

interface FieldFault {
  field: string;
  issue: string;
}

function invalid(details: FieldFault[]): BusError {
  const message = details.map(({ field, issue }) => `${field}: ${issue}`).join('; ');
  return new BusError({ status: 422, code: 'validation_error', message, details });
}

/** A caller that sends everything wrong gets this many faults at most. */
const MAX_FAULTS = 100;

function describeAll(faults: readonly ClassValidator.ValidationError[]): FieldFault[] {
  return faults
    .slice(0, MAX_FAULTS)
    .flatMap((fault) => describe(fault, ''))
    .slice(0, MAX_FAULTS);
}

function describe({ property, constraints, children }: ClassValidator.ValidationError, path: string): FieldFault[] {
  const field = path === '' ? property : `${path}.${property}`;
  const own = Object.values(constraints ?? {}).map((issue) => ({ field, issue }));
  return [...own, ...(children ?? []).flatMap((child) => describe(child, field))];
}
