// What the API says of itself: /openapi.json and, for people, /docs.
import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { buildOpenApiDocument, keepAnswers } from '@mono/edge';
import type { FastifyInstance } from 'fastify';
import { FEATURES } from '../features.js';

export const API_VERSION = '0.1.0';

const DESCRIPTION = `Lists, tasks, recurring tasks, time tracking and users.

**Get a key**: the first \`npm start\` prints an API key. \`npx mono apikey create --name robot --scope tasks:read tasks:write\` creates another one, as does
\`POST /v1/api-keys\`; a user signs in with \`POST /v1/auth/sign-in\` or creates a personal access token with \`POST /v1/me/tokens\`. Enter it
under **Authorize**, or send it as \`Authorization: Bearer <key>\`.

JSON in snake_case; ids are UUIDv7; instants RFC 3339 in UTC. Every error is \`{"error":{"code","message","details","request_id"}}\`,
or \`application/problem+json\` where \`Accept\` prefers it; the details of invalid input name each field, its fault and its limits. \`PATCH\` is a JSON Merge Patch. \`ETag\`, \`If-Match\` and
\`If-None-Match\` work on every resource, \`Idempotency-Key\` on every POST.`;

export function describeApi(application: INestApplication): OpenAPIObject {
  return buildOpenApiDocument(application, {
    title: 'Mono',
    version: API_VERSION,
    description: DESCRIPTION,
    tags: FEATURES.flatMap(({ tags = {} }) => Object.entries(tags)).map(([name, description]) => ({
      name,
      description,
    })),
  });
}

const DOCUMENT = '/openapi.json';
const PAGES = '/docs';

export function serveDocumentation(application: NestFastifyApplication): void {
  const server: FastifyInstance = application.getHttpAdapter().getInstance();
  // Half a megabyte of text, which stays the same; what the pages load beside it comes from files, by the same limit as public routes.
  keepAnswers(server, (path) => path === DOCUMENT || (path.startsWith(PAGES) && !path.endsWith('*')));
  server.addHook('onRoute', (route) => {
    if (route.url === DOCUMENT || route.url.startsWith(PAGES)) route.config = { ...route.config, limited: true };
  });
  SwaggerModule.setup('docs', application, () => describeApi(application), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Mono',
    swaggerOptions: { persistAuthorization: false, displayRequestDuration: true },
  });
}
