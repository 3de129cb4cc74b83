// Decorators for the routes of controllers. Each also documents its effect in the OpenAPI document.
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { applyDecorators, createParamDecorator, Param, type ExecutionContext } from '@nestjs/common';
import { ApiExtension, ApiHeader, ApiParam } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { CallContext, PublicContext } from '@mono/contract';
import { ExistingIdPipe } from './path-params.js';
import { CALLERS, TEXT_BODY } from './api-errors.js';
import { routeOptions, type RouteOptions } from './route-options.js';

/** The maximum length of `User-Agent` in characters. */
const MAX_USER_AGENT = 512;

/** The caller and the conditions of the call. Only on routes below /v1 that require a credential. */
export const CallContextParam = createParamDecorator((_data: unknown, host: ExecutionContext): CallContext => {
  const { callContext } = host.switchToHttp().getRequest<FastifyRequest>();
  if (!callContext) throw new Error('CallContextParam needs a route below /v1 that is not public.');
  return callContext;
});

/** The caller's address on a public route. */
export const PublicContextParam = createParamDecorator((_data: unknown, host: ExecutionContext): PublicContext => {
  return publicContextOfRequest(host.switchToHttp().getRequest<FastifyRequest>());
});

/** The context of a route that requires no credential. */
export function publicContextOfRequest({ id, ip, headers }: FastifyRequest): PublicContext {
  return { requestId: id, address: ip, userAgent: headers['user-agent']?.slice(0, MAX_USER_AGENT) };
}

export const IDEMPOTENCY_KEY_HEADER = {
  name: 'Idempotency-Key',
  required: false,
  description: 'Makes a repeat within 24 hours answer what the first call answered, without a second effect.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
} as const;

/** Every route below /v1 requires a scope or declares its callers; otherwise the edge does not start. null: any caller. */
export function RequireScope(scope: string | null): MethodDecorator {
  return admitting({ scope });
}

/** Requires no credential. The route has PublicContextParam, but no CallContext and no workspace. */
export function Public(): MethodDecorator {
  return applyDecorators(admitting({ scope: null, public: true }), ApiExtension(CALLERS, 'anybody'));
}

/** The body is that of an HTML form (`application/x-www-form-urlencoded`). Requests are limited by address, also outside of /v1. */
export function TakesForm(): MethodDecorator {
  return routeOptions({ form: true, limited: true });
}

/** The body may be a text of this media type instead of JSON; the method then receives `{content: <the text>}`. */
export function TakesText(mediaType: string): MethodDecorator {
  return applyDecorators(routeOptions({ takesText: mediaType }), ApiExtension(TEXT_BODY, mediaType));
}

/** The response is a text of this media type. */
export function AnswersText(mediaType: string): MethodDecorator {
  return routeOptions({ produces: mediaType });
}

/** The response may have this media type instead, by `prefers` or a parameter. */
export function AlsoAnswers(mediaType: string): MethodDecorator {
  return routeOptions({ alsoProduces: mediaType });
}

/** Outside of /v1: requests are limited by address. */
export function LimitedByAddress(): MethodDecorator {
  return routeOptions({ limited: true });
}

function admitting(options: RouteOptions): MethodDecorator {
  return (target, name, descriptor) => {
    routeOptions({ ...options, query: takesQuery(target.constructor, name) })(target, name, descriptor);
  };
}

/** Parameter decorators run before those of their method; Nest stores them by `<kind>:<index>`. */
function takesQuery(controller: object, method: string | symbol): boolean {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as object;
  return Object.keys(parameters).some((key) => key.startsWith(`${RouteParamtypes.QUERY}:`));
}

/** The method returns Replayable<T>. The client receives the body, with `Idempotent-Replayed: true` on a repeat. */
export function Replays(): MethodDecorator {
  return applyDecorators(
    routeOptions({ replayable: true, takesIdempotencyKey: true }),
    ApiHeader(IDEMPOTENCY_KEY_HEADER),
  );
}

/** A resource's id in the path. An invalid id leads to 404 `<thing>_not_found`. */
export function IdParam(thing: string, name = 'id'): ParameterDecorator {
  return documentedParam(name, new ExistingIdPipe(thing), {
    description: `The id of the ${thing.replaceAll('_', ' ')}.`,
    schema: { type: 'string', format: 'uuid' },
  });
}

function documentedParam(
  name: string,
  pipe: ExistingIdPipe,
  documentation: { description: string; schema: { type: 'string'; format?: string; example?: string } },
): ParameterDecorator {
  return (target, method, index) => {
    Param(name, pipe)(target, method, index);
    const descriptor = method === undefined ? undefined : Object.getOwnPropertyDescriptor(target, method);
    if (method !== undefined && descriptor) ApiParam({ name, ...documentation })(target, method, descriptor);
  };
}
