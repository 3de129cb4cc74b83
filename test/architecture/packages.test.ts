// The lock file as `npm ci` wants it, on every platform.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

interface Entry {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  resolved?: string;
}

const ROOT = resolve(import.meta.dirname, '../..');

function missing(packages: Readonly<Record<string, Entry>>): string[] {
  return Object.entries(packages).flatMap(([path, { dependencies, devDependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })
      .filter((name) => !isFound(packages, path, name))
      .map((name) => `${path || '.'} needs ${name}`),
  );
}

/** As Node looks: in the package itself, then upwards. */
function isFound(packages: Readonly<Record<string, Entry>>, path: string, name: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    if (at === '.') at = '';
    if (packages[join(at, 'node_modules', name)]) return true;
    if (at === '') return false;
  }
}

describe('package-lock.json', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Entry>;
  };

  test('holds the packages of all platforms, so that an installation changes no tracked file', () => {
    expect(missing(packages)).toEqual([]);
  });

  test('a missing one would be seen', () => {
    const { 'node_modules/typescript': _typescript, ...rest } = packages;
    expect(missing(rest)).toContain('. needs typescript');
  });
});
