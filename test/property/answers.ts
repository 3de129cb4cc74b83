// Judges an answer by the document: a status that is documented, and a body that validates against its schema.
import { Ajv2020 } from 'ajv/dist/2020.js';
import formatsModule from 'ajv-formats';
import type { ApiRequest } from './arguments.ts';
import type { OpenApiDocument, Schema } from './openapi-document.ts';

export interface RawAnswer {
  status: number;
  contentType: string;
  text: string;
}

/** The text of the answer; of a stream, which has no end, its beginning. */
export async function textOf(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text();
  const reader = response.body?.getReader();
  const beginning = await reader?.read();
  await reader?.cancel();
  return new TextDecoder().decode(beginning?.value);
}

export class AnswerJudge {
  private readonly ajv: Ajv2020;

  constructor(document: OpenApiDocument) {
    // `example` and friends are OpenAPI's own words.
    this.ajv = new Ajv2020({ strict: false, allErrors: true });
    formatsModule.default(this.ajv);
    this.ajv.addSchema({ ...document, $id: 'document' });
  }

  /** @returns what is wrong, or undefined. */
  fault({ operation }: ApiRequest, { status, contentType, text }: RawAnswer): string | undefined {
    if (status >= 500) return `a ${status}: ${text}`;
    const response = operation.responses[String(status)] ?? operation.responses[`${String(status)[0]}XX`];
    if (!response) return `a ${status} that is not documented: ${text}`;
    const [mediaType = ''] = contentType.split(';');
    const documented = response.content ?? {};
    if (text === '')
      return Object.keys(documented).length > 0 && status !== 304 ? `a ${status} without its body` : undefined;
    const media = documented[mediaType];
    if (!media)
      return `a ${status} of type ${mediaType}, documented are ${Object.keys(documented).join(', ') || 'none'}`;
    const value = mediaType.endsWith('json') ? (JSON.parse(text) as unknown) : text;
    return this.schemaFault(media.schema ?? {}, value, `${status}: ${text}`);
  }

  private schemaFault(schema: Schema, value: unknown, shown: string): string | undefined {
    const pointer = this.pointers.get(schema) ?? this.remember(schema);
    const validate = this.ajv.getSchema(pointer);
    if (!validate) throw new Error(`No schema ${pointer}`);
    if (validate(value)) return undefined;
    return `a body that its schema refuses (${this.ajv.errorsText(validate.errors)}): ${shown}`;
  }

  /** Schemas stand on their own, with references into the document. */
  private remember(schema: Schema): string {
    const name = `schema-${this.pointers.size}`;
    this.ajv.addSchema({ ...(withDocument(schema) as object), $id: name });
    this.pointers.set(schema, name);
    return name;
  }

  private readonly pointers = new Map<Schema, string>();
}

function withDocument(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withDocument);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      key === '$ref' && typeof part === 'string' && part.startsWith('#') ? `document${part}` : withDocument(part),
    ]),
  );
}
