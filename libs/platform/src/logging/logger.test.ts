import { UnavailableError } from '@mono/contract';
import { createLogger } from './logger.js';

test('logs errors with their stack, and unavailable dependencies with their causes only', () => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', format: 'json', to: { write: (line) => void lines.push(line) } });
  logger.error({ err: new TypeError('a fault') }, 'failed');
  logger.error({ err: new UnavailableError('No database.', { cause: new Error('connect refused') }) }, 'failed');
  const [fault, unavailable] = lines.map((line) => (JSON.parse(line) as { err: Record<string, unknown> }).err);
  expect(fault).toMatchObject({ type: 'TypeError', stack: expect.stringContaining('logger.test') as string });
  expect(unavailable).toEqual({
    type: 'UnavailableError',
    message: 'No database.: connect refused',
    code: 'unavailable',
    kind: 'unavailable',
    name: 'UnavailableError',
  });
});
