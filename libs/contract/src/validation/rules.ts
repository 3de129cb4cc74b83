// The rules of fields, one for each kind of value. A rule finds the fault of a value with its code, wording and limits;
// the fields attach it, and input-reader.ts runs it.
import { ValidateBy } from 'class-validator';
import type { FaultCode, FaultLimits, Finding } from '../errors/field-faults.js';
import { hasAtLeast, hasAtMost, isStorableText } from './text.js';

/** @returns undefined for a value without fault. */
export type Find = (value: unknown) => Finding | undefined;

/** The part of a rule that input-reader.ts needs, in the context of class-validator's metadata. */
export interface RuleContext {
  find: Find;
  /** The error code of this rule's faults, where it is not that of their kind. */
  errorCode: string | undefined;
}

/** Adds a rule to a field. The rules of a field run in their order up to the first fault. */
export function Rule(name: string, find: Find, errorCode?: string): PropertyDecorator {
  const context: RuleContext = { find, errorCode };
  return ValidateBy({ name, validator: { validate: (value: unknown) => find(value) === undefined } }, { context });
}

export interface FaultFacts {
  /** Default: `wrong_format` for a text, otherwise `wrong_type`. */
  code?: FaultCode;
  limits?: FaultLimits;
}

/** A check of our own that reports `message` as the field's issue. */
export function checkRule(
  check: (value: unknown) => boolean,
  message: string | (() => string),
  { code, limits }: FaultFacts = {},
): Find {
  return (value) => {
    if (check(value)) return undefined;
    return {
      code: code ?? (typeof value === 'string' ? 'wrong_format' : 'wrong_type'),
      issue: typeof message === 'string' ? message : message(),
      ...(limits && { limits }),
    };
  };
}

export interface TextLimits {
  min?: number;
  /** In code points. */
  max?: number;
  /** In bytes of UTF-8. */
  maxBytes?: number;
  /** Refuses text that is white space only. */
  notBlank?: boolean;
}

export function textRule({ min = 0, max, maxBytes, notBlank }: TextLimits): Find {
  return (value) => {
    if (typeof value !== 'string') return { code: 'wrong_type', issue: 'must be a string' };
    if (!isStorableText(value))
      return { code: 'invalid_characters', issue: 'must not contain NUL or unpaired surrogates' };
    if (notBlank && value.trim() === '') return { code: 'blank', issue: 'must not be blank' };
    if (!hasAtLeast(min, value))
      return { code: 'too_short', issue: `must have at least ${count(min, 'character')}`, limits: { min_length: min } };
    if (max !== undefined && !hasAtMost(max, value))
      return { code: 'too_long', issue: `must have at most ${count(max, 'character')}`, limits: { max_length: max } };
    if (maxBytes !== undefined && Buffer.byteLength(value) > maxBytes)
      return {
        code: 'too_long',
        issue: `must have at most ${count(maxBytes, 'byte')}`,
        limits: { max_bytes: maxBytes },
      };
    return undefined;
  };
}

/** @param values may still grow: they are read with each input. */
export function oneOfRule(values: readonly unknown[]): Find {
  return (value) =>
    values.includes(value)
      ? undefined
      : {
          code: 'not_one_of',
          issue: `must be one of ${values.join(', ')}`,
          limits: { allowed: values.map(String) },
        };
}

export function integerRule(min: number, max: number): Find {
  const fault = { issue: `must be an integer from ${min} to ${max}`, limits: { min, max } };
  return (value) => {
    if (!Number.isInteger(value)) return { code: 'wrong_type', ...fault };
    return Number(value) < min || Number(value) > max ? { code: 'out_of_range', ...fault } : undefined;
  };
}

export const booleanRule = checkRule((value) => typeof value === 'boolean', 'must be true or false', {
  code: 'wrong_type',
});

export const objectRule = checkRule(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
  { code: 'wrong_type' },
);

export interface ItemsLimits {
  minItems?: number;
  maxItems: number;
  unique?: boolean;
}

/**
 * @param of follows `must be an array`: ` of strings`.
 * @param item the rule of each item.
 */
export function arrayRule({ minItems = 0, maxItems, unique }: ItemsLimits, of: string, item: Find): Find {
  return (value) => {
    if (!Array.isArray(value)) return { code: 'wrong_type', issue: `must be an array${of}` };
    if (value.length < minItems)
      return {
        code: 'too_few',
        issue: `must have at least ${count(minItems, 'item')}`,
        limits: { min_items: minItems },
      };
    if (value.length > maxItems)
      return {
        code: 'too_many',
        issue: `must have at most ${count(maxItems, 'item')}`,
        limits: { max_items: maxItems },
      };
    if (unique && new Set(value).size < value.length) return { code: 'repeated', issue: 'must not repeat an item' };
    const fault = firstFault(value, item);
    return fault && { ...fault, issue: `each item ${fault.issue}` };
  };
}

export function firstFault(values: readonly unknown[], find: Find): Finding | undefined {
  for (const value of values) {
    const fault = find(value);
    if (fault) return fault;
  }
  return undefined;
}

export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
