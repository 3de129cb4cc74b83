import { del, get, idOf, operations, patch, path, post } from '@mono/contract';
import { CreateRyeLoaf, RyeLoaf, RyeLoafPage, RyeLoafPatch, RyeLoafQuery } from './rye-loaf.dto.js';

const ryeLoaf = path('/v1/rye-loaves/:id', { id: idOf('rye_loaf') });
const etag = ({ version }: RyeLoaf): string => String(version);

export const ryeLoavesOperations = operations(
  'corner-bakery',
  { tag: 'rye loaves' },
  {
    createRyeLoaf: post('/v1/rye-loaves', {
      summary: 'Create a rye loaf',
      answer: 'The created rye loaf.',
      scope: 'corner-bakery:write',
      body: CreateRyeLoaf,
      reply: RyeLoaf,
      etag,
      location: ({ id }) => `/v1/rye-loaves/${id}`,
      idempotencyKey: true,
    }),
    findRyeLoaves: get('/v1/rye-loaves', {
      summary: 'List the rye loaves',
      answer: 'A page of rye loaves, the oldest first.',
      scope: 'corner-bakery:read',
      query: RyeLoafQuery,
      reply: RyeLoafPage,
    }),
    getRyeLoaf: get(ryeLoaf, {
      summary: 'Get a rye loaf',
      answer: 'The rye loaf.',
      scope: 'corner-bakery:read',
      reply: RyeLoaf,
      etag,
    }),
    updateRyeLoaf: patch(ryeLoaf, {
      summary: 'Update a rye loaf',
      answer: 'The updated rye loaf.',
      scope: 'corner-bakery:write',
      patch: RyeLoafPatch,
      reply: RyeLoaf,
      etag,
      ifMatch: true,
    }),
    deleteRyeLoaf: del(ryeLoaf, {
      summary: 'Delete a rye loaf',
      answer: 'The rye loaf is deleted.',
      scope: 'corner-bakery:write',
      ifMatch: true,
    }),
  },
);
