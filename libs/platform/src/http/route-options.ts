// The options of a route besides its path. They are stored in Fastify's route configuration, so that the edge's hooks need not
// read Nest's metadata per request.
import type { CallContext, PersonalTokens } from '@mono/contract';
import type { Credentials } from './authenticator.js';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';

export interface RouteOptions {
  /** The required scope; null: any caller. */
  scope?: string | null;
  /** Whether no credential is required. Such routes have no CallContext. */
  public?: boolean;
  /** Outside of /v1: whether requests are limited by address, like those of public routes. */
  limited?: boolean;
  /** Whether only signed-in users may call. */
  user?: boolean;
  /** Whether the body is an HTML form instead of JSON. */
  form?: boolean;
  /** The media type of the response, if it is not JSON. */
  produces?: string;
  /** An alternative media type of the response. */
  alsoProduces?: string;
  /** The media type of a text body that is accepted instead of JSON; the method receives `{content}`. */
  takesText?: string;
  /** Whether the method takes query parameters; otherwise all are rejected. */
  query?: boolean;
  /** Whether If-Match guards the method. */
  guarded?: boolean;
  /** The entity tag of the response, without its quotes. */
  entityTag?: (body: unknown) => string;
  /** The path of the created resource. */
  location?: (body: unknown) => string;
  /** Whether `Idempotency-Key` is supported. */
  takesIdempotencyKey?: boolean;
  /** Whether the method returns Replayable<T>, whose body is the response. */
  replayable?: boolean;
  /** Whether it counts as a read. Default: by the HTTP method. */
  reads?: boolean;
  /** Whether callers that are limited to lists may call. Default: the handler decides. */
  respectsLists?: boolean;
  /** Whether the answer may be compressed. Default: unless it is public or must not be stored. */
  compress?: boolean;
  /** The personal access tokens that may call. Default: all. */
  personalTokens?: PersonalTokens;
}

declare module 'fastify' {
  interface FastifyContextConfig extends RouteOptions {}
  interface FastifyRequest {
    /** Set by the edge on every route below /v1 that is not public, before its controller runs. */
    callContext: CallContext | null;
    /** The credentials of the caller, for answers that outlive their verification. Only with a call context. */
    credentials: Credentials | null;
  }
}

/** Extends the route's configuration. Several decorators of one method are merged. */
export function routeOptions(options: RouteOptions): MethodDecorator {
  return (_target, _name, descriptor) => {
    const handler = descriptor.value as object;
    const known = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as RouteOptions | undefined;
    Reflect.defineMetadata(FASTIFY_ROUTE_CONFIG_METADATA, { ...known, ...options }, handler);
  };
}
