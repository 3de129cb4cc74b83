// npx mono routes: the operations of all features, and their hand-written routes.
import { RequestMethod, type DynamicModule, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner } from '@nestjs/core';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { AnyOperation } from '@mono/contract';
import type { Feature, RouteOptions } from '@mono/platform';

export interface RouteRow {
  module: string;
  /** null for operations that only modules call. */
  method: string | null;
  path: string | null;
  /** The first one is that among nodes; none for a hand-written route without an operation. */
  subjects: readonly string[];
  callers: AnyOperation['callers'];
  /** null: the callers need none. */
  scope: string | null;
  /** Whether callers that are limited to lists may call. */
  respectsLists: boolean;
  personalTokens: AnyOperation['personalTokens'];
  /** Whether a hand-written controller answers the route. */
  handWritten: boolean;
}

const HEADINGS = ['METHOD', 'ROUTE', 'SCOPE', 'MODULE', 'SUBJECTS'];

export function routesOf(features: readonly Feature[]): RouteRow[] {
  return features.flatMap(({ name, operations = [], everywhere }) => {
    const rows = operations.flatMap((map) => Object.values(map)).map((one) => rowOf(name, one));
    const declared = new Set(rows.map(({ method, path }) => `${method} ${path}`));
    const written = controllersOf(everywhere).flatMap((controller) => writtenRoutes(name, controller));
    return [...rows, ...written.filter(({ method, path }) => !declared.has(`${method} ${path}`))];
  });
}

function rowOf(
  module: string,
  { http, subject, callers, scope, respectsLists, personalTokens }: AnyOperation,
): RouteRow {
  return {
    module,
    method: http?.method ?? null,
    path: http?.path ?? null,
    subjects: callers === 'modules' ? [subject] : [subject, subject.replace(/^services\./, 'api.')],
    callers,
    scope,
    respectsLists,
    personalTokens,
    handWritten: http?.handWritten ?? false,
  };
}

/** The controllers that every node has, whether the feature runs there or not. */
function controllersOf({ imports = [], controllers = [] }: DynamicModule): Type[] {
  const inner = imports.flatMap((one) => ('module' in one ? controllersOf(one) : []));
  return [...controllers, ...inner];
}

function writtenRoutes(module: string, controller: Type): RouteRow[] {
  const prototype = controller.prototype as Record<string, object>;
  const bases = pathsOf(controller);
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const handler = prototype[name] ?? {};
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const options = (Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) ?? {}) as RouteOptions;
    const paths = bases.flatMap((base) => pathsOf(handler).map((path) => join(base, path)));
    return paths.map((path) => ({
      module,
      method: RequestMethod[method],
      path,
      subjects: [],
      callers: callersOf(options),
      scope: options.scope ?? null,
      respectsLists: options.respectsLists ?? false,
      personalTokens: options.personalTokens ?? 'all',
      handWritten: true,
    }));
  });
}

function pathsOf(target: object): string[] {
  return [(Reflect.getMetadata(PATH_METADATA, target) ?? '') as string | string[]].flat();
}

function join(...parts: string[]): string {
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;
}

/** Routes outside of /v1 name no scope and are public. */
function callersOf({ scope, user, public: open }: RouteOptions): RouteRow['callers'] {
  if (open || scope === undefined) return 'anybody';
  return user ? 'user' : 'credential';
}

/** An aligned table: operations with a route by path, then those that only modules call. */
export function routesTable(rows: readonly RouteRow[]): string[] {
  const sorted = rows.toSorted((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1));
  const cells = [HEADINGS, ...sorted.map(cellsOf)];
  const widths = HEADINGS.map((_heading, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function sortKey({ path, method, subjects }: RouteRow): string {
  return `${path ?? '~'} ${method ?? ''} ${subjects[0] ?? ''}`;
}

function cellsOf({ module, method, path, subjects, callers, scope, handWritten }: RouteRow): string[] {
  const needed = [...(callers === 'credential' ? [] : [callers]), ...(scope === null ? [] : [scope])].join(', ');
  const shown = subjects.length === 0 ? [] : [subjects.join(', ')];
  return [
    method ?? '-',
    path ?? '-',
    needed || 'any credential',
    module,
    [...shown, ...(handWritten ? ['(hand-written)'] : [])].join(' '),
  ];
}
