// The REST routes of a module's operations: a Nest controller made of stock decorators, one method for each operation.
import {
  applyDecorators,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import { Bus } from '@mono/bus';
import {
  readInput,
  readParam,
  type AnyOperation,
  type HttpMethod,
  type HttpRoute,
  type OperationMap,
  type PathParam,
} from '@mono/contract';
import type { FastifyRequest } from 'fastify';
import { callOperation, publicContextOfRequest, routeOptions, type RouteOptions } from '@mono/platform';
import { documented } from './document-operation.js';

const VERBS: Readonly<Record<HttpMethod, (path: string) => MethodDecorator>> = {
  GET: Get,
  POST: Post,
  PUT: Put,
  PATCH: Patch,
  DELETE: Delete,
};

/** Operations that only modules call, and those with a hand-written route, have no method in it. */
export function restController(operations: OperationMap): Type<unknown> {
  @Controller()
  class RestController {
    constructor(@Inject(Bus) readonly bus: Bus) {}
  }
  for (const operation of Object.values(operations))
    if (operation.http && !operation.http.handWritten) addRoute(RestController, operation, operation.http);
  return RestController;
}

function addRoute(controller: Type<{ bus: Bus }>, operation: AnyOperation, http: HttpRoute): void {
  const prototype = controller.prototype as object;
  const { key } = operation;
  const inputOf = inputReader(operation, http);
  const takesBody = http.method === 'GET' || (http.body ?? http.patch) !== undefined;
  // Nest finds the types of the parameters by the name of the function.
  const methods = {
    async [key](this: { bus: Bus }, request: FastifyRequest, ...parts: unknown[]): Promise<unknown> {
      if (!takesBody) refuseBody(request.body);
      const context = request.callContext ?? publicContextOfRequest(request);
      const answer = await callOperation(this.bus, operation, inputOf(parts), context);
      return operation.idempotencyKey ? answer : answer.body;
    },
  };
  Object.defineProperty(prototype, key, { configurable: true, writable: true, value: methods[key] });
  // The order of the parameters is that of the parts which the method is given.
  Req()(prototype, key, 0);
  const types: unknown[] = [Object];
  for (const [name, param] of Object.entries(http.params)) {
    Param(name, new PathParamPipe(param))(prototype, key, types.push(String) - 1);
  }
  if (http.query) Query()(prototype, key, types.push(http.query) - 1);
  const body = http.body ?? http.patch;
  if (body) Body()(prototype, key, types.push(body) - 1);
  Reflect.defineMetadata('design:paramtypes', types, prototype, key);
  const descriptor = Object.getOwnPropertyDescriptor(prototype, key) ?? {};
  applyDecorators(
    VERBS[http.method](http.path),
    HttpCode(http.status),
    routeOptions(routeOptionsOf(operation, http)),
    ...documented(operation, http),
  )(prototype, key, descriptor);
}

/** For an operation that takes no body. An empty object passes for none. @throws InvalidInputError */
function refuseBody(body: unknown): void {
  if (body === undefined || body === null) return;
  readInput(NoFields, body, 'body');
}

class NoFields {}

/** The facts of the route that the hooks of the edge need. */
function routeOptionsOf(operation: AnyOperation, { query }: HttpRoute): RouteOptions {
  const { callers, scope, reads, respectsLists, personalTokens, ifMatch, idempotencyKey, etag, location } = operation;
  return {
    scope,
    ...(callers === 'anybody' && { public: true }),
    ...(callers === 'user' && { user: true }),
    ...(operation.showsSecret && { compress: false }),
    reads,
    respectsLists,
    personalTokens,
    query: query !== undefined,
    guarded: ifMatch,
    takesIdempotencyKey: idempotencyKey,
    replayable: idempotencyKey,
    ...(etag && { entityTag: etag as (body: unknown) => string }),
    ...(location && { location: location as (body: unknown) => string }),
  };
}

/** @returns a function from the parts (path parameters, query, body) to an instance of the operation's request class. */
function inputReader(
  { request }: AnyOperation,
  { params, query, body, patch }: HttpRoute,
): (parts: unknown[]) => unknown {
  const names = Object.keys(params);
  if (request === undefined) return () => undefined;
  if (names.length === 0 && !patch) return ([only]) => only;
  return (parts) => {
    const input = new request() as Record<string, unknown>;
    let at = 0;
    for (const name of names) input[name] = parts[at++];
    if (query) Object.assign(input, parts[at++]);
    if (patch) input['patch'] = parts[at];
    else if (body) Object.assign(input, parts[at]);
    return input;
  };
}

class PathParamPipe implements PipeTransform<string, string> {
  constructor(private readonly param: PathParam) {}

  transform(value: string): string {
    return readParam(this.param, value);
  }
}
