// Shows that the dependency rules see what they forbid: each is broken once in a planted tree, in modules that do not
// exist here, which also shows that the rules go by pattern.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { plantTree, type PlantedTree } from '../support/planted-tree.ts';

const run = promisify(execFile);
const ROOT = process.cwd();

interface Violation {
  rule: { name: string };
  from: string;
  to: string;
}

async function violations(directory: string, paths: string[]): Promise<string[]> {
  const { stdout } = await run(
    process.execPath,
    [
      resolve(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      resolve(ROOT, '.dependency-cruiser.cjs'),
      '--output-type',
      'json',
      ...paths,
    ],
    { cwd: directory, maxBuffer: 256 * 1024 * 1024 },
  );
  const found = (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
  return found.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).toSorted();
}

const featurePackage = (name: string) =>
  JSON.stringify({
    name: `@mono/${name}`,
    exports: {
      './contract': { source: './contract/index.ts', default: './dist/contract/index.js' },
      './feature': { source: './feature.ts', default: './dist/feature.js' },
      './module': { source: './module.ts', default: './dist/module.js' },
      './testing': { source: './testing/index.ts' },
    },
  });
const npmPackage = (name: string) => JSON.stringify({ name, main: 'index.js' });

// Two invented modules, `astronomy` and `bakery`, that follow every rule and use everything that is allowed.
const CLEAN = {
  'package.json': JSON.stringify({
    name: 'planted',
    dependencies: { '@nestjs/common': '1', pg: '1', uuidv7: '1' },
    devDependencies: { ajv: '1' },
  }),
  ...Object.fromEntries(
    ['@nestjs/common', 'pg', 'uuidv7', 'ajv'].flatMap((name) => [
      [`node_modules/${name}/package.json`, npmPackage(name)],
      [`node_modules/${name}/index.js`, 'module.exports = {};'],
    ]),
  ),
  'libs/platform/package.json': JSON.stringify({
    name: '@mono/platform',
    exports: {
      '.': { source: './src/index.ts', default: './dist/src/index.js' },
      './testing': { source: './src/testing/index.ts', default: './dist/src/testing/index.js' },
    },
  }),
  'libs/platform/src/index.ts': `import '@mono/contract'; import 'pg';`,
  'libs/edge/package.json': JSON.stringify({
    name: '@mono/edge',
    exports: {
      '.': { source: './src/index.ts', default: './dist/src/index.js' },
      './testing': { source: './src/testing/index.ts' },
    },
  }),
  'libs/edge/src/index.ts': `import '@mono/platform'; import '@mono/contract';`,
  'libs/edge/src/testing/index.ts': `import '../index.js';`,
  'libs/contract/package.json': JSON.stringify({
    name: '@mono/contract',
    exports: {
      '.': { source: './src/index.ts', default: './dist/src/index.js' },
      './errors': { source: './src/errors/index.ts', default: './dist/src/errors/index.js' },
    },
  }),
  'libs/contract/src/index.ts': `export * from './errors/index.js'; import '@mono/bus/contracts';`,
  'libs/contract/src/errors/index.ts': 'export class DomainError {}',
  'libs/platform/src/testing/index.ts': `import 'ajv'; export const fixture = 1;`,
  'libs/bus/package.json': JSON.stringify({
    name: '@mono/bus',
    exports: {
      '.': { source: './src/index.ts', default: './dist/src/index.js' },
      './contracts': { source: './src/contracts/contract.ts', default: './dist/src/contracts/contract.js' },
    },
  }),
  'libs/bus/src/contracts/contract.ts': 'export const contract = 1;',
  'libs/bus/src/index.ts': 'export const bus = 1;',
  'libs/bakery/package.json': featurePackage('bakery'),
  'libs/bakery/contract/index.ts': `import '@mono/contract'; export const bakery = 1;`,
  'libs/bakery/feature.ts': `import './contract/index.js'; export const load = () => import('./module.js');`,
  'libs/bakery/module.ts': `import '@nestjs/common'; import './src/bake.js'; import './src/http/loaves.js';`,
  'libs/bakery/src/bake.ts': `import '@mono/bus'; import './domain/dough.js'; import './persistence/oven.js'; export const bake = 1;`,
  'libs/bakery/src/domain/dough.ts': `import { randomBytes } from 'node:crypto'; import 'uuidv7'; import '@mono/contract/errors'; import '../../contract/index.js'; import './yeast.js'; export const dough = randomBytes;`,
  'libs/bakery/src/domain/yeast.ts': 'export const yeast = 1;',
  'libs/bakery/src/http/loaves.ts': `import '@nestjs/common'; import '../../contract/index.js';`,
  'libs/bakery/src/persistence/oven.ts': `import 'pg';`,
  'libs/bakery/testing/index.ts': `import '../src/bake.js';`,
  'libs/bakery/src/bake.test.ts': `import './bake.js'; import 'ajv'; import '@mono/platform/testing'; import '@mono/edge/testing'; import '../../../test/support/flour.ts';`,
  'libs/astronomy/package.json': featurePackage('astronomy'),
  'libs/astronomy/contract/index.ts': 'export interface Star { name: string }',
  'libs/astronomy/module.ts': `import './src/observe.js';`,
  'libs/astronomy/src/observe.ts': `import '@mono/bakery/contract'; export const observe = 1;`,
  'libs/astronomy/testing/sky.ts': `import '@mono/bakery/testing'; import '../src/observe.js';`,
  'apps/server/package.json': JSON.stringify({
    name: '@mono/server',
    exports: { './listen': { source: './src/listen.ts', default: './dist/listen.js' } },
  }),
  'apps/server/src/listen.ts': 'export const listen = 1;',
  'apps/server/src/main.ts': `import './listen.js'; import '@mono/astronomy/module'; import '@mono/bakery/module'; import '@mono/bakery/contract'; import '@mono/bakery/feature'; import '@mono/platform'; import '@mono/edge';`,
  'apps/cli/package.json': JSON.stringify({ name: '@mono/cli' }),
  'apps/cli/src/main.ts': `import '@mono/bakery/contract'; import '@mono/server/listen';`,
  'test/support/flour.ts': 'export const flour = 1;',
  'test/e2e/order.test.ts': `import '@mono/bakery/contract'; import '../support/flour.ts';`,
};

/** A violation each: its file, its text, and what the tool must say, as `rule → file or package`. */
const PLANTED: [what: string, file: string, text: string, reports: string[]][] = [
  [
    "a module's inside, from another module",
    'libs/astronomy/src/eat.ts',
    `import '../../bakery/src/bake.js';`,
    ['module-only-through-its-contract → libs/bakery/src/bake.ts', 'packages-by-name → libs/bakery/src/bake.ts'],
  ],
  [
    "a module's inside, from another module's tests",
    'libs/astronomy/testing/deep-sky.ts',
    `import '../../bakery/src/bake.js';`,
    ['packages-by-name → libs/bakery/src/bake.ts', 'testing-stands-on-testing → libs/bakery/src/bake.ts'],
  ],
  [
    "another module's module.ts",
    'libs/astronomy/src/start.ts',
    `import '@mono/bakery/module';`,
    ['module-only-through-its-contract → libs/bakery/module.ts'],
  ],
  [
    "a type from another module's inside",
    'libs/astronomy/src/types.ts',
    `import type { Bake } from '../../bakery/src/bake.js'; export type Star = Bake;`,
    ['module-only-through-its-contract → libs/bakery/src/bake.ts', 'packages-by-name → libs/bakery/src/bake.ts'],
  ],
  [
    "a way around a module's exports map",
    'libs/astronomy/src/deep.ts',
    `import '@mono/bakery/src/bake.js';`,
    ['everything-resolves → @mono/bakery/src/bake.js'],
  ],
  [
    "a module's inside, from an app",
    'apps/server/src/inside.ts',
    `import '../../../libs/bakery/src/bake.js';`,
    ['apps-use-contract-and-module → libs/bakery/src/bake.ts', 'packages-by-name → libs/bakery/src/bake.ts'],
  ],
  [
    'a feature, from the platform',
    'libs/platform/src/feature.ts',
    `import '@mono/bakery/contract';`,
    ['foundations-import-no-feature → libs/bakery/contract/index.ts'],
  ],
  ...['contract', 'edge'].map((lib): [string, string, string, string[]] => [
    `a feature, from ${lib}`,
    `libs/${lib}/src/feature.ts`,
    `import '@mono/bakery/contract';`,
    ['foundations-import-no-feature → libs/bakery/contract/index.ts'],
  ]),
  [
    'the edge, from a feature',
    'libs/bakery/src/edge.ts',
    `import '@mono/edge';`,
    ['edge-for-apps-only → libs/edge/src/index.ts'],
  ],
  [
    'the edge, from the platform',
    'libs/platform/src/edge.ts',
    `import '@mono/edge';`,
    ['edge-for-apps-only → libs/edge/src/index.ts'],
  ],
  [
    'a feature, from the bus',
    'libs/bus/src/feature.ts',
    `import '@mono/astronomy/contract';`,
    [
      'bus-stands-alone → libs/astronomy/contract/index.ts',
      'foundations-import-no-feature → libs/astronomy/contract/index.ts',
    ],
  ],
  [
    'a feature, from embedded',
    'libs/embedded/src/feature.ts',
    `import '@mono/astronomy/contract';`,
    [
      'embedded-stands-alone → libs/astronomy/contract/index.ts',
      'foundations-import-no-feature → libs/astronomy/contract/index.ts',
    ],
  ],
  [
    'the contract kit, from embedded',
    'libs/embedded/src/contract.ts',
    `import '@mono/contract/errors';`,
    ['embedded-stands-alone → libs/contract/src/errors/index.ts'],
  ],
  [
    'the contract kit, from the bus',
    'libs/bus/src/contract.ts',
    `import '@mono/contract/errors';`,
    ['bus-stands-alone → libs/contract/src/errors/index.ts'],
  ],
  [
    'a driver, from the contract kit',
    'libs/contract/src/driver.ts',
    `import 'pg';`,
    ['contract-kit-without-io → node_modules/pg/index.js'],
  ],
  [
    'the connection of the bus, from the contract kit',
    'libs/contract/src/bus.ts',
    `import '@mono/bus';`,
    ['contract-kit-without-io → libs/bus/src/index.ts'],
  ],
  [
    'an app, from a lib',
    'libs/bakery/src/server.ts',
    `import '../../../apps/cli/src/main.js';`,
    ['libs-know-no-app → apps/cli/src/main.ts', 'packages-by-name → apps/cli/src/main.ts'],
  ],
  [
    'the inside of an app, from another app',
    'apps/server/src/cli.ts',
    `import '../../cli/src/main.js';`,
    ['apps-use-exports-of-other-apps → apps/cli/src/main.ts', 'packages-by-name → apps/cli/src/main.ts'],
  ],
  [
    'a framework, from a domain',
    'libs/bakery/src/domain/nest.ts',
    `import '@nestjs/common';`,
    ['domain-imports-no-framework → node_modules/@nestjs/common/index.js'],
  ],
  [
    'a library not known to be pure, from a nested domain',
    'libs/bakery/src/pastry/domain/driver.ts',
    `import 'pg';`,
    ['domain-imports-no-framework → node_modules/pg/index.js'],
  ],
  [
    "the platform's root, from a domain",
    'libs/bakery/src/domain/platform.ts',
    `import '@mono/platform';`,
    ['domain-imports-no-framework → libs/platform/src/index.ts'],
  ],
  [
    'the bus, from a domain',
    'libs/bakery/src/domain/bus.ts',
    `import '@mono/bus';`,
    ['domain-imports-no-framework → libs/bus/src/index.ts'],
  ],
  [
    'files, from a domain',
    'libs/bakery/src/domain/files.ts',
    `import 'node:fs/promises';`,
    ['domain-imports-no-framework → fs/promises'],
  ],
  [
    'storage, from a domain',
    'libs/bakery/src/domain/storage.ts',
    `import '../persistence/oven.js';`,
    ['domain-imports-no-framework → libs/bakery/src/persistence/oven.ts'],
  ],
  [
    'storage, from a controller',
    'libs/bakery/src/http/storage.ts',
    `import '../persistence/oven.js';`,
    ['http-leaves-storage-to-use-cases → libs/bakery/src/persistence/oven.ts'],
  ],
  [
    'the inside, from a contract',
    'libs/bakery/contract/inside.ts',
    `import '../src/domain/yeast.js';`,
    ['contract-shows-no-inside → libs/bakery/src/domain/yeast.ts'],
  ],
  [
    'another package by a relative path',
    'libs/bakery/src/relative.ts',
    `import '../../contract/src/errors/index.js';`,
    ['packages-by-name → libs/contract/src/errors/index.ts'],
  ],
  [
    'a package by a relative path, from a test',
    'test/e2e/relative.test.ts',
    `import '../../libs/contract/src/errors/index.js';`,
    ['packages-by-name → libs/contract/src/errors/index.ts'],
  ],
  [
    'what is made for tests, from production',
    'libs/bakery/src/fixture.ts',
    `import '@mono/platform/testing';`,
    ['no-test-code-in-production → libs/platform/src/testing/index.ts'],
  ],
  [
    'a module that is loaded with its feature',
    'libs/bakery/src/early.ts',
    `import '../module.js';`,
    ['feature-loads-its-module-late → libs/bakery/module.ts'],
  ],
  [
    'a development dependency, from production',
    'libs/bakery/src/development.ts',
    `import 'ajv';`,
    ['no-development-dependency-in-production → node_modules/ajv/index.js'],
  ],
  [
    'a cycle',
    'libs/bakery/src/pastry/one.ts',
    `import './two.js'; export const one = 1;`,
    ['no-cycles → libs/bakery/src/pastry/two.ts'],
  ],
];

describe('dependency rules', () => {
  let tree: PlantedTree;
  let found: string[];

  beforeAll(async () => {
    tree = await plantTree({
      ...CLEAN,
      ...Object.fromEntries(PLANTED.map(([, file, text]) => [file, text])),
      // The other half of the cycle, by a type only.
      'libs/bakery/src/pastry/two.ts': `import type { one } from './one.js'; export type Two = typeof one;`,
    });
    found = await violations(tree.directory, ['apps', 'libs', 'test']);
  });
  afterAll(() => tree.remove());

  test.each(PLANTED)('%s is caught', (_what, file, _text, reports) => {
    const said = found
      .filter((line) => line.includes(`: ${file} → `))
      .map((line) => line.replace(`: ${file} → `, ' → '));
    expect(said).toEqual(reports.toSorted());
  });

  test('nothing else is reported', () => {
    const planted = new Set(PLANTED.map(([, file]) => file));
    // A cycle is reported from each of its ends.
    planted.add('libs/bakery/src/pastry/two.ts');
    expect(found.filter((line) => !planted.has(line.split(/: | → /)[1] ?? ''))).toEqual([]);
  });

  test('every rule has its planted violation', async () => {
    const { default: config } = (await import(resolve(ROOT, '.dependency-cruiser.cjs'))) as {
      default: { forbidden: { name: string }[] };
    };
    const planted = new Set(PLANTED.flatMap(([, , , reports]) => reports.map((line) => line.split(' → ')[0])));
    expect(config.forbidden.map((rule) => rule.name).filter((name) => !planted.has(name))).toEqual([]);
  });

  test('the repository keeps them', async () => {
    expect(await violations(ROOT, ['apps', 'libs', 'test'])).toEqual([]);
  });
});
