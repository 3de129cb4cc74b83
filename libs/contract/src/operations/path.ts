// Paths of the REST API and their parameters.
import { isUUID } from 'class-validator';
import { NotFoundError } from '../errors/index.js';
import { TextField, UuidField } from '../validation/fields.js';
import { isStorableText } from '../validation/text.js';

/** The maximum length of a client's value that a response quotes, in characters. */
const MAX_ECHO = 100;

/** A parameter of a path. A value without its form leads to `<thing>_not_found`, over REST and NATS. */
export interface PathParam {
  readonly thing: string;
  readonly description: string;
  /** Its JSON schema. */
  readonly schema: { type: 'string'; format?: string; example?: string };
  /** The rules for it as a field of the request. */
  readonly field: PropertyDecorator;
  /** @returns the canonical form, or undefined for an invalid value. */
  readonly parse: (value: string) => string | undefined;
}

/** A UUID in upper or lower case. */
export function idOf(thing: string): PathParam {
  const description = `The id of the ${words(thing)}.`;
  return {
    thing,
    description,
    schema: { type: 'string', format: 'uuid' },
    field: UuidField({ description }),
    parse: (value) => (isUUID(value) ? value.toLowerCase() : undefined),
  };
}

export interface TextParamOptions {
  thing: string;
  description: string;
  example: string;
  /** The maximum length in characters. Default: 1,024. */
  max?: number;
  /** Whether a text is valid. Default: any text that can be stored. */
  accepts?: (value: string) => boolean;
}

/** A name in the path. */
export function textParam({
  thing,
  description,
  example,
  max = 1_024,
  accepts = isStorableText,
}: TextParamOptions): PathParam {
  return {
    thing,
    description,
    schema: { type: 'string', example },
    field: TextField({ description, example, min: 1, max }),
    parse: (value) => (accepts(value) ? value : undefined),
  };
}

/** @throws NotFoundError for a value without the parameter's form. */
export function readParam({ thing, parse }: PathParam, value: string): string {
  const read = parse(value);
  if (read === undefined) throw new NotFoundError(thing, value.slice(0, MAX_ECHO).toWellFormed());
  return read;
}

export type PathParams = Readonly<Record<string, PathParam>>;

/** A path with its parameters, for the operations that share it. */
export interface Path<Params extends PathParams = PathParams> {
  readonly template: string;
  readonly params: Params;
}

type Names<Template extends string> = Template extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Names<Rest>
  : Template extends `${string}:${infer Name}`
    ? Name
    : never;

/** @param template in the syntax of Nest: `/v1/lists/:id/tasks`. */
export function path<const Template extends string, Params extends Readonly<Record<Names<Template>, PathParam>>>(
  template: Template,
  params: Params,
): Path<Params> {
  return { template, params };
}

function words(thing: string): string {
  return thing.replaceAll('_', ' ');
}
