// Local times come from one source: @mono/contract/zones. Temporal's zoned types and Intl use the zone data of ICU, and
// PostgreSQL has its own, so that two of them would differ by an hour after a change that only one contains.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const SOURCE = join('libs', 'contract', 'src', 'zones');

/** Code that reads zone data, except for UTC, which is the same everywhere. */
const FOREIGN: readonly [what: string, pattern: RegExp][] = [
  ['Temporal', /\btoZonedDateTime(?:ISO)?\((?!'UTC'\))/],
  ['Temporal', /\bZonedDateTime\.from\(|\bNow\.(?:zonedDateTime|plain\w+)ISO\((?!'UTC'\))/],
  ['Intl', /\bDateTimeFormat\(|\btoLocale(?:Date|Time)?String\([^)]*timeZone/],
  ['PostgreSQL', /\bAT TIME ZONE\b(?! 'UTC')|\btimezone\s*\(|\bSET\s+(?:LOCAL\s+)?(?:TIME ZONE|timezone)\b(?!.*UTC)/i],
];

function foreignIn(text: string): string[] {
  return FOREIGN.filter(([, pattern]) => pattern.test(text)).map(([what]) => what);
}

function sources(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'dist', 'testing', 'web'].includes(entry.name) ? [] : sources(path);
    return path.endsWith('.ts') && !path.endsWith('.test.ts') ? [path] : [];
  });
}

test('nothing in production asks another source for local times', () => {
  const files = [...sources('libs'), ...sources('apps')].filter((file) => !file.startsWith(SOURCE));
  expect(files.length).toBeGreaterThan(200);
  const found = files.flatMap((file) =>
    foreignIn(readFileSync(join(ROOT, file), 'utf8')).map((what) => `${relative('.', file)}: ${what}`),
  );
  expect(found).toEqual([]);
});

test.each([
  ['local.toZonedDateTime(zone)', ['Temporal']],
  ["local.toZonedDateTime('UTC')", []],
  ["new Intl.DateTimeFormat('en', { timeZone: zone })", ['Intl']],
  ['to_char(due AT TIME ZONE t.timezone)', ['PostgreSQL']],
  ["to_char(due AT TIME ZONE 'UTC')", []],
])('%s is seen as such', (text, expected) => {
  expect(foreignIn(text)).toEqual(expected);
});
