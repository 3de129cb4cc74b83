// The entry of an operation in the OpenAPI document.
import type { AnyOperation, HttpRoute } from '@mono/contract';
import { ApiExtension, ApiHeader, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CALLERS, ENTITY_TAG, ERROR_CODES, IDEMPOTENCY_KEY_HEADER } from '@mono/platform';

/** By who may call: a name of a security requirement of the document. */
export type DocumentedCallers = 'credential' | 'user' | 'anybody' | 'session' | 'key or session';

export const IF_MATCH_HEADER = {
  name: 'If-Match',
  required: false,
  description: 'The ETag that the resource must still have; 412 `version_conflict` otherwise.',
  schema: { type: 'string' },
  example: '"1"',
} as const;

export function documented(operation: AnyOperation, { status, params }: HttpRoute): MethodDecorator[] {
  const { operationId, tag, summary, description, answer, reply, errors, etag, ifMatch, idempotencyKey } = operation;
  const { callers, personalTokens } = operation;
  return [
    ApiTags(tag),
    ApiOperation({ operationId, summary, ...(description !== undefined && { description }) }),
    ApiResponse({ status, description: answer, ...(reply && { type: reply }) }),
    ApiExtension(ERROR_CODES, errors),
    ...(callers === 'credential' && personalTokens !== 'none' ? [] : [ApiExtension(CALLERS, callersOf(operation))]),
    ...(etag ? [ApiExtension(ENTITY_TAG, true)] : []),
    ...Object.entries(params).map(([name, param]) =>
      ApiParam({ name, description: param.description, schema: param.schema }),
    ),
    ...(ifMatch ? [ApiHeader(IF_MATCH_HEADER)] : []),
    ...(idempotencyKey ? [ApiHeader(IDEMPOTENCY_KEY_HEADER)] : []),
  ];
}

function callersOf({ callers, personalTokens }: AnyOperation): DocumentedCallers {
  if (personalTokens !== 'none') return callers as DocumentedCallers;
  return callers === 'user' ? 'session' : 'key or session';
}
