import { OccasionalLog } from './occasional-log.js';

interface Line {
  err: Error;
  again?: number;
}

describe('a log of troubles that go on', () => {
  let lines: Line[];
  let log: OccasionalLog;

  beforeEach(() => {
    lines = [];
    log = new OccasionalLog({ log: (facts) => lines.push(facts), everyMs: 1_000 });
  });

  test('logs a repeated failure at intervals, with the number of repeats', () => {
    for (const now of [0, 10, 999]) log.report(new Error(`could not renew lock for job ${now}`), now);
    log.report(new Error('another'), 20);
    expect(lines.map(({ err }) => err.message)).toEqual(['could not renew lock for job 0', 'another']);
    log.report(new Error('could not renew lock for job 1000'), 1_000);
    expect(lines.at(-1)).toMatchObject({ again: 2 });
  });

  test('omits additional fields of an error', () => {
    log.report(
      Object.assign(new Error('WRONGPASS'), { code: 'X', command: { name: 'auth', args: ['very secret'] } }),
      0,
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]?.err).toMatchObject({ message: 'WRONGPASS', code: 'X' });
    expect(JSON.stringify(Object.entries(lines[0]?.err ?? {}))).not.toContain('very secret');
  });
});
