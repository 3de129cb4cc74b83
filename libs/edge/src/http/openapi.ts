// The OpenAPI 3.1 document, made of the controllers' own metadata, with every error that a route can give.
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { CALLERS, ENTITY_TAG, ERROR_CODES, TEXT_BODY, IDEMPOTENCY_KEY_HEADER } from '@mono/platform';
import { ERROR_SCHEMAS, EXAMPLE_FAULT, EXAMPLE_ID } from './error-schemas.js';
import { requestExamples } from './request-examples.js';
import { IF_MATCH_HEADER, type DocumentedCallers } from '../operations/document-operation.js';

type Json = Record<string, unknown>;

interface Parameter {
  name: string;
  in: string;
  schema?: Json;
}

interface Operation extends Json {
  parameters?: Parameter[];
  requestBody?: Json;
  responses: Record<string, Json>;
  operationId?: string;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

export interface DocumentFacts {
  title: string;
  version: string;
  description: string;
  tags: readonly { name: string; description: string }[];
}

export function buildOpenApiDocument(
  application: INestApplication,
  { title, version, description, tags }: DocumentFacts,
): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(title)
    .setVersion(version)
    .setDescription(description)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'An API key: mono_<env>_<12 hex>_<43 base64url>.' },
      'api_key',
    )
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description:
          'A user’s access token, as a sign-in gives it; `X-Workspace` names which of their workspaces is meant.',
      },
      'access_token',
    )
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        description:
          'A user’s personal access token: mono_pat_<env>_<12 hex>_<43 base64url>; `X-Workspace` as with an access token.',
      },
      'personal_token',
    );
  for (const tag of tags) builder.addTag(tag.name, tag.description);
  const document = SwaggerModule.createDocument(application, builder.build(), {
    autoTagControllers: false,
  }) as unknown as Json;
  const components = document['components'] as Record<string, Json>;
  const shared = new SharedParts();
  const bodyExampleOf = requestExamples(components['schemas'] ?? {});
  const { paths } = document as { paths: Record<string, Record<string, Operation>> };
  for (const [path, item] of Object.entries(paths)) {
    if (!path.startsWith('/v1/')) {
      delete paths[path];
      continue;
    }
    for (const method of METHODS) {
      if (!item[method]) continue;
      complete(method, item[method], shared);
      addExamples(item[method], bodyExampleOf);
    }
  }
  Object.assign(components, { responses: shared.responses, headers: HEADERS, parameters: PARAMETERS });
  components['schemas'] = { ...components['schemas'], ...ERROR_SCHEMAS };
  return modernise(document) as OpenAPIObject;
}

function complete(method: string, operation: Operation, shared: SharedParts): void {
  const callers = (operation[CALLERS] ?? 'credential') as DocumentedCallers;
  delete operation[CALLERS];
  operation['security'] = SECURITY[callers];
  const codes = new Map(Object.entries((operation[ERROR_CODES] as Record<string, number> | undefined) ?? {}));
  delete operation[ERROR_CODES];
  for (const [code, status] of Object.entries(sharedCodes(method, operation, callers !== 'anybody')))
    codes.set(code, status);
  if (operation.requestBody) operation.requestBody['required'] = true;
  const textType = operation[TEXT_BODY];
  if (typeof textType === 'string') Object.assign(contentOf(operation), { [textType]: { schema: { type: 'string' } } });
  delete operation[TEXT_BODY];
  for (const response of Object.values(operation.responses)) addHeaders(response, operation);
  if (operation[ENTITY_TAG] === true) addEntityTag(method, operation);
  delete operation[ENTITY_TAG];
  const { parameters } = operation;
  if (parameters) operation.parameters = parameters.map(sharedParameter);
  const byStatus = Map.groupBy(codes.entries(), ([, status]) => String(status));
  for (const [status, entries] of byStatus) {
    operation.responses[status] = shared.error(status, entries.map(([code]) => code).sort());
  }
}

function addExamples({ requestBody }: Operation, exampleOf: (schema: Json) => unknown): void {
  for (const content of Object.values((requestBody?.['content'] ?? {}) as Record<string, Json>)) {
    const example = exampleOf(content['schema'] as Json);
    if (example !== undefined) content['example'] = example;
  }
}

function contentOf({ requestBody = {} }: Operation): Json {
  return (requestBody['content'] ??= {}) as Json;
}

/** By who may call. */
const SECURITY: Readonly<Record<DocumentedCallers, object[]>> = {
  credential: [{ api_key: [] }, { access_token: [] }, { personal_token: [] }],
  user: [{ access_token: [] }, { personal_token: [] }],
  'key or session': [{ api_key: [] }, { access_token: [] }],
  session: [{ access_token: [] }],
  anybody: [],
};

function sharedCodes(
  method: string,
  { parameters = [], requestBody }: Operation,
  authenticated: boolean,
): Record<string, number> {
  const has = (place: string, name?: string): boolean =>
    parameters.some((parameter) => parameter.in === place && (name === undefined || parameter.name === name));
  return {
    ...(authenticated ? { unauthorized: 401, forbidden: 403 } : {}),
    rate_limited: 429,
    // Unknown query parameters are refused everywhere, also where none is known.
    unknown_field: 422,
    internal_error: 500,
    unavailable: 503,
    // The URL counts among the headers, and a query can be long.
    headers_too_large: 431,
    request_timeout: 408,
    ...(method === 'delete' ? {} : { not_acceptable: 406 }),
    ...(has('path') ? { invalid_url: 400, uri_too_long: 414 } : {}),
    ...(requestBody
      ? {
          invalid_json: 400,
          payload_too_large: 413,
          unsupported_media_type: 415,
          unknown_status: 422,
          read_only_field: 422,
        }
      : {}),
    ...(requestBody || has('query') ? { validation_error: 422 } : {}),
    ...(method === 'patch' ? { empty_update: 422 } : {}),
    ...(has('header', 'If-Match') ? { version_conflict: 412, validation_error: 422 } : {}),
    ...(has('header', 'Idempotency-Key') ? { idempotency_in_progress: 409, idempotency_key_reused: 422 } : {}),
  };
}

function addEntityTag(method: string, operation: Operation): void {
  const headers = { ETag: reference('headers', 'ETag') };
  for (const response of Object.values(operation.responses)) {
    response['headers'] = { ...headers, ...(response['headers'] as Json | undefined) };
  }
  if (method !== 'get') return;
  operation.parameters = [...(operation.parameters ?? []), { name: 'If-None-Match', in: 'header' }];
  operation.responses['304'] = { description: 'The resource is as the client has it.', headers };
}

function addHeaders(response: Json, { parameters = [] }: Operation): void {
  const headers: Json = { 'X-Request-ID': reference('headers', 'X-Request-ID') };
  if (parameters.some(({ name }) => name === 'Idempotency-Key')) {
    headers['Idempotent-Replayed'] = reference('headers', 'Idempotent-Replayed');
  }
  response['headers'] = { ...headers, ...(response['headers'] as Json | undefined) };
}

function sharedParameter(parameter: Parameter): Parameter {
  const isShared = parameter.in === 'header' && parameter.name in PARAMETERS;
  return isShared ? (reference('parameters', parameter.name) as unknown as Parameter) : parameter;
}

/** Headers of answers; operations refer to them. */
const HEADERS: Json = {
  ETag: { description: 'The resource as it now is, for If-Match and If-None-Match.', schema: { type: 'string' } },
  'Idempotent-Replayed': {
    description: '`true` when this is the stored answer to an earlier call.',
    schema: { type: 'string', enum: ['true'] },
  },
  'X-Request-ID': { description: 'The request’s id, as sent or as made.', schema: { type: 'string' } },
};

/** Headers of requests; operations refer to them. */
const PARAMETERS: Json = {
  'Idempotency-Key': { in: 'header', ...IDEMPOTENCY_KEY_HEADER },
  'If-Match': { in: 'header', ...IF_MATCH_HEADER },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header',
    required: false,
    description: 'The ETag that the client has: 304 when the resource is still the same.',
    schema: { type: 'string' },
  },
};

const TITLES: Readonly<Record<string, string>> = {
  400: 'The request is not well-formed.',
  401: 'The request has no valid credential.',
  403: 'The credential does not allow it.',
  404: 'The workspace has no such resource.',
  406: 'The client does not accept JSON.',
  408: 'The request did not arrive in time.',
  409: 'The request conflicts with the current state.',
  410: 'The resource is no longer available.',
  412: 'The resource has changed.',
  413: 'The body is larger than 1 MiB.',
  414: 'A path segment is too long.',
  415: 'The body is not JSON.',
  422: 'The input is invalid; the details name the fields.',
  429: 'Too many requests; retry after `Retry-After` seconds.',
  431: 'The URL and headers are larger than 16 KiB.',
  500: 'Internal error.',
  503: 'A dependency is unavailable; retry after `Retry-After` seconds.',
};

/** Error responses, each once under a name made of its codes. */
class SharedParts {
  readonly responses: Json = {};

  error(status: string, codes: readonly string[]): Json {
    const name = codes.map(pascalCase).join('Or');
    this.responses[name] ??= errorResponse(status, codes);
    return reference('responses', name);
  }
}

function pascalCase(code: string): string {
  return code.replace(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

function reference(kind: 'headers' | 'parameters' | 'responses' | 'schemas', name: string): Json {
  return { $ref: `#/components/${kind}/${name}` };
}

function exampleOf(status: string, codes: readonly string[]): Json {
  if (!codes.includes('validation_error')) return { code: codes[0], message: TITLES[status], details: null };
  const { field, issue } = EXAMPLE_FAULT;
  return { code: 'validation_error', message: `${field}: ${issue}`, details: [EXAMPLE_FAULT] };
}

function errorResponse(status: string, codes: readonly string[]): Json {
  const list = codes.map((code) => `\`${code}\``).join(', ');
  return {
    description: `${TITLES[status] ?? 'An error.'} Codes: ${list}.`,
    content: {
      'application/json': {
        schema: reference('schemas', 'Error'),
        example: { error: { ...exampleOf(status, codes), request_id: EXAMPLE_ID } },
      },
      'application/problem+json': { schema: reference('schemas', 'Problem') },
    },
  };
}

/** As in JSON Schema 2020-12, which OpenAPI 3.1 uses: null is a type, and `nullable` is gone. */
function modernise(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(modernise);
  if (node === null || typeof node !== 'object') return node;
  const result = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === 'example' || key === 'default' ? value : modernise(value),
    ]),
  );
  if (result['nullable'] !== true) return result;
  delete result['nullable'];
  if (typeof result['type'] === 'string') result['type'] = [result['type'], 'null'];
  else if (Array.isArray(result['oneOf'])) result['oneOf'] = [...(result['oneOf'] as unknown[]), { type: 'null' }];
  else if (Array.isArray(result['allOf'])) {
    result['anyOf'] = [...(result['allOf'] as unknown[]), { type: 'null' }];
    delete result['allOf'];
  }
  if (Array.isArray(result['enum'])) result['enum'] = [...(result['enum'] as unknown[]), null];
  return result;
}
