// Faults of input fields for machines: the kinds of fault, their limits, and the code of an error that has several of them.

/** Each kind of fault with its meaning. OpenAPI and the README list them from here. */
export const FAULT_CODES = {
  required: 'the field is missing',
  unknown: 'there is no such field or parameter',
  read_only: 'the service sets the field',
  empty: 'the object has no field',
  wrong_type: 'another JSON type is expected',
  wrong_format: 'the text does not have the expected form',
  invalid_characters: 'the text has characters that are not allowed',
  blank: 'the text is empty or white space only',
  too_short: 'the text has too few characters',
  too_long: 'the text has too many characters or bytes',
  too_few: 'the array has too few items',
  too_many: 'the array or object has too many items',
  repeated: 'an item or a key is repeated',
  out_of_range: 'the number, date or duration is too small or too large',
  not_one_of: 'the value is not one of the allowed values',
  not_found: 'the thing that the field names does not exist or is not visible to the caller',
  not_combinable: 'the field cannot be combined with another one, or requires another one',
  not_allowed: 'the caller may not set this value',
  invalid: 'any other fault',
} as const;

export type FaultCode = keyof typeof FAULT_CODES;

/** The limits that a value exceeds. Lengths are in characters (code points). */
export interface FaultLimits {
  min?: number | string;
  max?: number | string;
  min_length?: number;
  max_length?: number;
  max_bytes?: number;
  min_items?: number;
  max_items?: number;
  allowed?: readonly string[];
}

/** A fault of an input field. `field` is a path such as `operations[3].task.title`. */
export interface FieldFault {
  field: string;
  /** Default `invalid`; always present in the details of a DomainError. */
  code?: FaultCode;
  issue: string;
  limits?: FaultLimits;
}

/** A fault without its field. */
export type Finding = Omit<FieldFault, 'field'> & { code: FaultCode };

/** Also for details that come from a node of a previous release. */
export function completeFaults(faults: readonly FieldFault[]): FieldFault[] {
  return faults.map(({ field, code = 'invalid', issue, limits, ...rest }) => ({
    field,
    code,
    issue,
    ...(limits && { limits }),
    ...rest,
  }));
}

/** The kinds of fault that have an error code of their own. */
const ERROR_CODES: Partial<Record<FaultCode, string>> = {
  unknown: 'unknown_field',
  read_only: 'read_only_field',
  empty: 'empty_update',
};

/** @param own the error code that the field itself has for this fault, such as `unknown_status`. */
export function errorCodeOf({ code }: Pick<FieldFault, 'code'>, own?: string): string {
  return own ?? (code && ERROR_CODES[code]) ?? 'validation_error';
}

/** The rule for an input with several faults: their error code if they share one, otherwise `validation_error`. */
export function sharedErrorCode(codes: readonly string[]): string {
  const [first = 'validation_error'] = codes;
  return codes.every((code) => code === first) ? first : 'validation_error';
}
