// npx mono routes, of the features of this build and of an invented one.
import 'reflect-metadata';
import { Controller, Get, Post } from '@nestjs/common';
import { get, internal, operations, post } from '@mono/contract';
import { defineFeature, RequireScope } from '@mono/platform';
import { FEATURES } from '@mono/server/features';
import { routesOf, routesTable } from './routes.js';

class Loaf {
  id: string;
}

const loavesOperations = operations(
  'bakery',
  {},
  {
    findLoaves: get('/v1/loaves', { summary: 'List loaves', scope: 'loaves:read', reply: Loaf }),
    exportLoaves: get('/v1/loaves.csv', { summary: 'Export loaves', scope: 'loaves:read', handWritten: true }),
    eatLoaf: post('/v1/loaves/eat', { summary: 'Eat a loaf', scope: 'user' }),
    countLoaves: internal({ summary: 'Count loaves', reply: Loaf }),
  },
);

@Controller()
class LoafFiles {
  @Get('v1/loaves.csv')
  @RequireScope('loaves:read')
  exportLoaves(): void {}

  @Post('smell')
  smell(): void {}
}

const bakery = defineFeature({
  name: 'bakery',
  operations: [loavesOperations],
  controllers: [LoafFiles],
  load: () => Promise.reject(new Error('Not in this test.')),
});

test('an operation has a route, its subjects and a scope; a route without an operation is hand-written', () => {
  expect(routesTable(routesOf([bakery]))).toEqual([
    'METHOD  ROUTE           SCOPE        MODULE  SUBJECTS',
    'POST    /smell          anybody      bakery  (hand-written)',
    'GET     /v1/loaves      loaves:read  bakery  services.bakery.find_loaves, api.bakery.find_loaves',
    'GET     /v1/loaves.csv  loaves:read  bakery  services.bakery.export_loaves, api.bakery.export_loaves (hand-written)',
    'POST    /v1/loaves/eat  user         bakery  services.bakery.eat_loaf, api.bakery.eat_loaf',
    '-       -               modules      bakery  internal.bakery.count_loaves',
  ]);
});

test('every operation of this build is listed, each route once', () => {
  const rows = routesOf(FEATURES);
  const subjects = FEATURES.flatMap(({ operations: maps = [] }) =>
    maps.flatMap((map) => Object.values(map).map(({ subject }) => subject)),
  );
  expect(rows.flatMap((row) => row.subjects)).toEqual(expect.arrayContaining(subjects));
  const routes = rows.flatMap(({ method, path }) => (path === null ? [] : [`${method} ${path}`]));
  expect(new Set(routes).size).toBe(routes.length);
  expect(rows.some(({ handWritten, subjects: none }) => handWritten && none.length === 0)).toBe(true);
});
