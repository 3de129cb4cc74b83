// What a controller's method says of its route besides the path. The facts travel as Fastify's route configuration, so
// that the edge's hooks read them without a look at Nest's metadata per request.
import type { CallContext } from '@mono/contract';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';

export interface RouteOptions {
  /** The scope that a caller needs; null: any caller will do. */
  scope?: string | null;
  /** Whether nobody has to prove who calls: no credential is looked at, and there is no CallContext. */
  public?: boolean;
  /** Outside of /v1: whether requests are counted by their address, as those of public routes are. */
  limited?: boolean;
  /** Whether only a signed-in user may call, no API key. */
  user?: boolean;
  /** Whether the body is that of an HTML form instead of JSON. */
  form?: boolean;
  /** The media type of the answer, where it is not JSON. */
  produces?: string;
  /** A media type that the answer may have instead. */
  alsoProduces?: string;
  /** The media type of a text that the body may be instead of JSON: the method sees `{content}`. */
  takesText?: string;
  /** Whether the method takes query parameters; any are refused otherwise. */
  query?: boolean;
  /** Whether If-Match guards the method. */
  guarded?: boolean;
  /** The answer's entity tag, without the quotes. */
  entityTag?: (body: unknown) => string;
  /** The path of what was created. */
  location?: (body: unknown) => string;
  /** Whether `Idempotency-Key` counts. */
  takesIdempotencyKey?: boolean;
  /** The method returns Replayable<T>: the answer is its body. */
  replayable?: boolean;
  /** Whether it counts as a read; by the HTTP method when undefined. */
  reads?: boolean;
  /** Whether callers that are limited to lists may call; undefined: the handler decides. */
  respectsLists?: boolean;
}

declare module 'fastify' {
  interface FastifyContextConfig extends RouteOptions {}
  interface FastifyRequest {
    /** Set by the edge on every route below /v1 that is not public, before its controller runs. */
    callContext: CallContext | null;
  }
}

/** Adds to the route's configuration; several decorators of one method add up. */
export function routeOptions(options: RouteOptions): MethodDecorator {
  return (_target, _name, descriptor) => {
    const handler = descriptor.value as object;
    const known = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as RouteOptions | undefined;
    Reflect.defineMetadata(FASTIFY_ROUTE_CONFIG_METADATA, { ...known, ...options }, handler);
  };
}
