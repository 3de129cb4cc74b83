// The directory that an installation keeps everything in.
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartUpError } from './start-up-error.js';

/** Makes the directory where it is missing. @throws StartUpError when nothing can be kept there. */
export function requireDataDirectory(directory: string): void {
  try {
    make(directory);
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw explain(directory, cause);
  }
}

/** One level at a time: by itself Node tries without end below a directory that takes none, such as /proc. */
function make(directory: string): void {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found) throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' });
  const parent = dirname(directory);
  if (parent !== directory) make(parent);
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // Another instance may have made it meanwhile.
    if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

function explain(directory: string, cause: unknown): StartUpError {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new StartUpError('The disk of DATA_DIR is full.', `Free space at ${directory} and start again.`, { cause });
  const [reason, remedy] = REASONS[code] ?? [
    `cannot be used (${code})`,
    'Set DATA_DIR to a directory on a local disk.',
  ];
  return new StartUpError(`DATA_DIR ${directory} ${reason}.`, remedy, { cause });
}

const OTHER_PLACE = 'or set DATA_DIR to a directory of this account.';
const NOT_PERMITTED = [
  'may not be written by this account',
  `Give it to this account (chown), ${OTHER_PLACE}`,
] as const;
const REASONS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  ENOTDIR: ['is a file, or lies below one', 'Set DATA_DIR to a directory; it is made when it is missing.'],
  EROFS: ['is on a read-only file system', 'Mount it for writing, or set DATA_DIR to a directory that can be written.'],
  EACCES: NOT_PERMITTED,
  EPERM: NOT_PERMITTED,
};
