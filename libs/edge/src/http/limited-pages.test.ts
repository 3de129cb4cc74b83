// Costly pages outside of /v1 are limited by address, like public routes within.
import { Body, Controller, Get, Post } from '@nestjs/common';
import { RateLimiter } from '../rate-limits/rate-limiter.js';
import { RequestLimits } from '../rate-limits/request-limits.js';
import { LimitedByAddress, Public, TakesForm } from '@mono/platform';
import { startTestApplication, type TestApplication } from '../testing/test-application.js';

const LIMIT = 5;

@Controller()
class Pages {
  @Get('page')
  page(): string {
    return 'Press the button.';
  }

  @Post('page')
  @TakesForm()
  press(@Body() body: object): object {
    return body;
  }

  @Get('keys')
  @LimitedByAddress()
  keys(): object {
    return {};
  }

  @Post('v1/press')
  @Public()
  pressOverRest(): object {
    return {};
  }
}

let application: TestApplication;
const limiter = new RateLimiter();
beforeAll(async () => {
  const limits = new RequestLimits(limiter, { reads: LIMIT, writes: LIMIT, refusals: LIMIT });
  application = await startTestApplication({ controllers: [Pages], limits });
});
afterAll(async () => {
  limiter.stop();
  await application?.close();
});

async function statuses(path: string, times: number, body?: URLSearchParams): Promise<number[]> {
  const all: number[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const answer = await fetch(new URL(path, application.url), body ? { method: 'POST', body } : {});
    await answer.body?.cancel();
    all.push(answer.status);
  }
  return all;
}

const times = (status: number, count: number): number[] => Array.from({ length: count }, () => status);

test('forms are counted together with public routes', async () => {
  const form = new URLSearchParams({ token: 'x' });
  expect(await statuses('/page', LIMIT + 2, form)).toEqual([...times(201, LIMIT), ...times(429, 2)]);
  const refused = await fetch(new URL('/v1/press', application.url), { method: 'POST' });
  expect([refused.status, refused.headers.get('ratelimit-remaining')]).toEqual([429, '0']);
});

test('so is what is read from the database, and a page that only asks is not', async () => {
  expect(await statuses('/keys', LIMIT + 2)).toEqual([...times(200, LIMIT), ...times(429, 2)]);
  expect(await statuses('/page', LIMIT + 2)).toEqual(times(200, LIMIT + 2));
});
