// The facts about its caller that a request passes on: whose share of the database it uses, and whether it is still there.
import { setTimeout as pause } from 'node:timers/promises';
import { Body, Controller, Get, Post, HttpCode } from '@nestjs/common';
import { until } from '../../../../test/support/until.ts';
import { type CallContext, TextField } from '@mono/contract';
import { currentShareKey, CallContextParam, RequireScope, Replays, routeOptions } from '@mono/platform';
import { TEST_PRINCIPAL } from '@mono/platform/testing';
import { startTestApplication, TEST_CREDENTIAL, type TestApplication } from '../testing/test-application.js';

class Note {
  @TextField({ description: 'Its text.', min: 1, max: 100_000 })
  text: string;
}

let seen: AbortSignal | undefined;

@Controller('v1/notes')
class NotesController {
  @Post()
  @RequireScope('things:write')
  @HttpCode(201)
  @Replays()
  @routeOptions({ location: () => '/v1/notes/1' })
  async create(@Body() _note: Note): Promise<object> {
    await pause(1);
    return { body: { key: currentShareKey() }, replayed: false };
  }

  @Get()
  @RequireScope('things:read')
  async find(@CallContextParam() { signal }: CallContext): Promise<object> {
    seen = signal;
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    return {};
  }
}

let application: TestApplication;
const headers = { authorization: TEST_CREDENTIAL, 'content-type': 'application/json' };

beforeAll(async () => {
  application = await startTestApplication({ controllers: [NotesController] });
});
afterAll(() => application.close());

test('what a request does counts for its workspace, also behind a body that came in pieces', async () => {
  const body = JSON.stringify({ text: 'x'.repeat(100_000) });
  const answer = await fetch(`${application.url}/v1/notes`, { method: 'POST', headers, body });
  expect(await answer.json()).toEqual({ key: TEST_PRINCIPAL.workspaceId });
  expect(currentShareKey()).toBeUndefined();
});

test('the signal of a caller who hangs up aborts', async () => {
  const controller = new AbortController();
  const answer = fetch(`${application.url}/v1/notes`, { headers, signal: controller.signal });
  await until('the request is handled', () => seen);
  expect(seen?.aborted).toBe(false);
  controller.abort();
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  await until('its signal aborts', () => seen?.aborted);
});
