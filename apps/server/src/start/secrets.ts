// Secrets of an installation that nobody has to choose: made once, kept beside the data for the owner's eyes only.
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Several nodes may ask at once: all get the same. */
export function keptSecret(dataDirectory: string, name: string): string {
  const file = join(dataDirectory, name);
  if (!existsSync(file)) {
    const partial = `${file}.${process.pid}.partial`;
    writeFileSync(partial, randomBytes(32).toString('base64url'), { mode: 0o600 });
    try {
      linkSync(partial, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(partial, { force: true });
    }
  }
  return readFileSync(file, 'utf8').trim();
}
