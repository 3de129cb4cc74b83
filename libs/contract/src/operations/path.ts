// Paths of the REST API and their parameters.
import { isUUID } from 'class-validator';
import { NotFoundError } from '../errors/index.js';
import { TextField, UuidField } from '../validation/fields.js';
import { isStorableText } from '../validation/text.js';

/** What a client's word contributes to an answer, in characters. */
const MAX_ECHO = 100;

/** A parameter of a path. What has not its form names nothing: `<thing>_not_found`, over REST and NATS alike. */
export interface PathParam {
  readonly thing: string;
  readonly description: string;
  /** Its JSON schema. */
  readonly schema: { type: 'string'; format?: string; example?: string };
  /** The rules for it as a field of the request. */
  readonly field: PropertyDecorator;
  /** @returns its canonical form, or undefined where it has not the form. */
  readonly parse: (value: string) => string | undefined;
}

/** The id of a thing: a UUID in any case. */
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
  /** Of the field, in characters. Default 1,024. */
  max?: number;
  /** Whether a text names such a thing at all. Default: any text that can be stored. */
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

/** @throws NotFoundError where the value has not the parameter's form. */
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

/** @param template as Nest writes it: `/v1/lists/:id/tasks`. Each parameter is described by its name. */
export function path<const Template extends string, Params extends Readonly<Record<Names<Template>, PathParam>>>(
  template: Template,
  params: Params,
): Path<Params> {
  return { template, params };
}

function words(thing: string): string {
  return thing.replaceAll('_', ' ');
}
