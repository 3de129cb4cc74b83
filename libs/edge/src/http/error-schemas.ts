// The schemas of errors in the OpenAPI document.
import { FAULT_CODES, type FaultLimits, type FieldFault } from '@mono/contract';

type Json = Record<string, unknown>;

export const EXAMPLE_ID = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d70';
const details = {
  description:
    'The faulty fields of invalid input, facts about another error, or null. Facts about a thing that does not exist are its `id` and, if the body or query names it, the `field`.',
  anyOf: [
    { type: 'array', items: { $ref: '#/components/schemas/FieldFault' } },
    { type: 'object', additionalProperties: true },
    { type: 'null' },
  ],
};
const shared = {
  code: {
    type: 'string',
    description:
      'Stable, snake_case. Invalid input has the code `validation_error`, or the more specific `unknown_field`, `read_only_field`, `empty_update` or `unknown_status` if all faulty fields have that fault.',
    example: 'task_not_found',
  },
  details,
  request_id: { type: 'string', example: EXAMPLE_ID },
};
const cause = { type: 'string', description: 'Internal cause; in development only.' };

const faultCodes = Object.entries(FAULT_CODES).map(([code, meaning]) => `- \`${code}\`: ${meaning}`);
const number = { type: 'number' };
const bound = { type: ['number', 'string'] };

export const EXAMPLE_FAULT: FieldFault = {
  field: 'operations[3].task.title',
  code: 'too_long',
  issue: 'must have at most 200 characters',
  limits: { max_length: 200 },
};

const FIELD_FAULT: Json = {
  type: 'object',
  description: 'A faulty field of the input.',
  properties: {
    field: {
      type: 'string',
      description: 'The path of the field or the name of the parameter; `body` is the whole body.',
      example: EXAMPLE_FAULT.field,
    },
    code: {
      type: 'string',
      enum: Object.keys(FAULT_CODES),
      description: `The kind of fault. Further kinds may follow.\n\n${faultCodes.join('\n')}`,
      example: EXAMPLE_FAULT.code,
    },
    issue: { type: 'string', description: 'For people.', example: EXAMPLE_FAULT.issue },
    limits: {
      type: 'object',
      description: 'The limits that the value exceeds, if any. Lengths are in characters.',
      properties: {
        min: bound,
        max: bound,
        min_length: number,
        max_length: number,
        max_bytes: number,
        min_items: number,
        max_items: number,
        allowed: { type: 'array', items: { type: 'string' } },
      } satisfies Record<keyof FaultLimits, Json>,
      example: EXAMPLE_FAULT.limits,
    },
  },
  required: ['field', 'code', 'issue'],
};

export const ERROR_SCHEMAS: Json = {
  FieldFault: FIELD_FAULT,
  Error: {
    type: 'object',
    description: 'The body of every answer that is not a success.',
    properties: {
      error: {
        type: 'object',
        properties: { ...shared, message: { type: 'string', description: 'For people.' }, cause },
        required: ['code', 'message', 'details', 'request_id'],
      },
    },
    required: ['error'],
  },
  Problem: {
    type: 'object',
    description: 'The same as a problem document (RFC 9457), where Accept prefers it.',
    properties: {
      type: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      ...shared,
      cause,
    },
    required: ['type', 'title', 'status', 'detail', 'code', 'details', 'request_id'],
  },
};
