import type { BusContext } from '@mono/bus';
import { PinoLogger } from 'nestjs-pino';
import { logTo } from '../testing/node-for-tests.js';
import { busLogContext } from './log-context.js';
import { createLogger } from './logger.js';

test('lines within a call or an event carry its request id, across awaits, and only those', async () => {
  const lines: { msg: string; request_id?: string }[] = [];
  const to = { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) };
  const logger = createLogger({ level: 'info', format: 'json', to });
  logTo(logger);
  const middleware = busLogContext(logger);
  const log = new PinoLogger({ pinoHttp: { logger } });
  const handle = (requestId: string | undefined): Promise<void> | undefined =>
    middleware.within?.({ requestId } as BusContext, async () => {
      await new Promise(setImmediate);
      log.info('baked');
    });
  await Promise.all([handle('one'), handle('two'), handle(undefined)]);
  log.info('outside');
  expect(lines.map(({ msg, request_id }) => [msg, request_id])).toEqual([
    ['baked', 'one'],
    ['baked', 'two'],
    ['baked', undefined],
    ['outside', undefined],
  ]);
});
