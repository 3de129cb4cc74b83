// The parts of an OpenAPI 3.1 document that property tests need.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema?: Schema;
}

interface Content {
  content?: Record<string, { schema?: Schema; example?: unknown }>;
}

export interface Operation {
  method: string;
  /** With its `{parameters}`. */
  path: string;
  parameters: Parameter[];
  body: Schema | undefined;
  /** The example of the body. */
  example: unknown;
  summary: string | undefined;
  description: string | undefined;
  /** Whether it is for signed-in users only. */
  forUsers: boolean;
  responses: Record<string, Content>;
}

export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, unknown>>;
  components?: Record<string, Record<string, unknown>>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** Resolves a `#/…` reference within the document. */
export function resolveReference<T extends object>(document: OpenApiDocument, item: T & { $ref?: string }): T {
  if (item.$ref === undefined) return item;
  const found = item.$ref
    .slice(2)
    .split('/')
    .reduce<unknown>(
      (place, part) =>
        (place as Record<string, unknown> | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    );
  if (typeof found !== 'object' || found === null) throw new Error(`${item.$ref} leads nowhere.`);
  return resolveReference(document, found as T);
}

interface RawOperation {
  parameters?: Parameter[];
  requestBody?: Content;
  summary?: string;
  description?: string;
  responses: Record<string, Content>;
  security?: Record<string, unknown>[];
}

/** Every operation below `prefix`, references of its parameters and responses resolved. */
export function operationsOf(document: OpenApiDocument, prefix: string): Operation[] {
  return Object.entries(document.paths)
    .filter(([path]) => path.startsWith(prefix))
    .flatMap(([path, item]) =>
      METHODS.filter((method) => method in item).map((method) => {
        const raw = item[method] as RawOperation;
        const shared = (item['parameters'] ?? []) as Parameter[];
        const body = raw.requestBody && resolveReference(document, raw.requestBody);
        return {
          method: method.toUpperCase(),
          path,
          parameters: [...shared, ...(raw.parameters ?? [])].map((parameter) => resolveReference(document, parameter)),
          body: Object.values(body?.content ?? {})[0]?.schema,
          example: Object.values(body?.content ?? {})[0]?.example,
          summary: raw.summary,
          description: raw.description,
          forUsers:
            raw.security?.some((one) => 'access_token' in one) === true &&
            !raw.security.some((one) => 'api_key' in one),
          responses: Object.fromEntries(
            Object.entries(raw.responses).map(([status, response]) => [status, resolveReference(document, response)]),
          ),
        };
      }),
    );
}
