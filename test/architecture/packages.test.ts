// The lock file as `npm ci` wants it, on every platform.
import { globSync, readFileSync } from 'node:fs';
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

/** The packages that a source imports. @param source TypeScript. */
function importsOf(source: string): string[] {
  const names = [...source.matchAll(/^(?:import|export)\b[^;]*?from '([^'.][^']*)'/gms)].map(([, name = '']) => name);
  return names.map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
}

/** The sources that `npm run build` compiles. */
function builtSources(): string[] {
  return globSync('{apps,libs}/*/tsconfig.json', { cwd: ROOT }).flatMap((project) => {
    const { include, exclude } = JSON.parse(readFileSync(join(ROOT, project), 'utf8')) as {
      include: string[];
      exclude: string[];
    };
    const skipped = exclude.includes('**/testing') ? /\.test\.ts$|\/testing\// : /\.test\.ts$/;
    return include
      .flatMap((part) => globSync([`${part}/**/*.ts`, part], { cwd: join(ROOT, dirname(project)) }))
      .filter((file) => file.endsWith('.ts') && !skipped.test(`/${file}`))
      .map((file) => join(dirname(project), file));
  });
}

describe('the build', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Required<Entry>;

  function developmentImportsOf(source: string): string[] {
    return importsOf(source).filter((name) => name in devDependencies);
  }

  test('imports no package that `npm start` does not install', () => {
    const sources = builtSources();
    expect(sources.length).toBeGreaterThan(500);
    const found = sources.flatMap((file) =>
      developmentImportsOf(readFileSync(join(ROOT, file), 'utf8')).map((name) => `${file} imports ${name}`),
    );
    expect(found).toEqual([]);
  });

  test('an import of such a package is seen', () => {
    const source =
      "import { Module } from '@nestjs/common';\nimport type {\n  TestingModule,\n} from '@nestjs/testing';\n";
    expect(developmentImportsOf(source)).toEqual(['@nestjs/testing']);
  });
});
