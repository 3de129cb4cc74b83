import { existsSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireDataDirectory } from './data-directory.js';

describe('a data directory', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mono-data-directory-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  test('is made with the levels above it, for its owner alone', () => {
    const data = join(directory, 'one', 'two');
    requireDataDirectory(data);
    requireDataDirectory(data);
    expect(statSync(data).mode & 0o777).toBe(0o700);
  });

  test('that is a file, or lies below one, is refused with a remedy', () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    for (const place of [file, join(file, 'below')]) {
      const refused = expect.objectContaining({
        name: 'StartUpError',
        message: `DATA_DIR ${place} is a file, or lies below one.`,
        remedy: expect.stringContaining('Set DATA_DIR to a directory') as string,
      }) as Error;
      expect(() => requireDataDirectory(place)).toThrow(refused);
    }
  });

  test('that cannot be created is rejected at once', () => {
    // Where there is no such file system, the directory is merely in a file system that takes none.
    const place = existsSync('/proc/self') ? '/proc/mono/data' : '/dev/null/data';
    expect(() => requireDataDirectory(place)).toThrow(`DATA_DIR ${place}`);
  });
});
