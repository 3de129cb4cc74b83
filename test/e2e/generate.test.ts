// `npx mono generate` in a copy of the checkout: what it writes passes the checks of CI, and works.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { copyCheckout, linkWorkspaces } from '../support/checkout-copy.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const COPIED = [
  'apps',
  'examples',
  'libs',
  'setup',
  'test',
  'package.json',
  'tsconfig.base.json',
  'tsconfig.json',
  'jest.config.js',
  'nats.conf',
  '.dependency-cruiser.cjs',
  '.oxlintrc.json',
  '.prettierrc.json',
  '.prettierignore',
];
const BIN = 'node_modules/.bin';
const MADE = 'libs/meal-plan';

let copy: string;

beforeAll(async () => {
  copy = await copyCheckout(COPIED, { built: true });
});
afterAll(() => rm(copy, { recursive: true, force: true }));

interface Result {
  code: number | null;
  output: string;
}

function run(command: string, ...args: string[]): Result {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: copy,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { PATH: process.env['PATH'], NATS_SERVER_BIN: process.env['NATS_SERVER_BIN'] },
  });
  return { code: status, output: stdout + stderr };
}

function mono(...args: string[]): Result {
  return run(process.execPath, join(ROOT, 'apps/cli/dist/main.js'), ...args);
}

const fine = expect.objectContaining({ code: 0 }) as Result;

function generate(...args: string[]): void {
  const { code, output } = mono('generate', ...args);
  if (code !== 0) throw new Error(output);
}

test.each([
  [['module', 'MealPlan'], 'Invalid module name "MealPlan": expected kebab-case'],
  [['module', 'tasks'], 'Invalid module name "tasks": '],
  [['operation', 'nowhere', 'copyMeal'], 'Invalid module "nowhere": '],
  [['operation', 'tasks', 'copy-meal', '--in', 'tasks'], 'Invalid operation name "copy-meal": expected camelCase'],
  [['operation', 'tasks', 'copyMeal'], 'Invalid option --in (missing): expected one of '],
  [['operation', 'tasks', 'createTask', '--in', 'tasks'], 'Invalid operation name "createTask": '],
])('refuses %j', (args, message) => {
  const { code, output } = mono('generate', ...args);
  expect(code).toBe(1);
  expect(output).toContain(message);
  expect(readdirSync(join(copy, 'libs'))).not.toContain('meal-plan');
});

describe('a generated module with a generated operation', () => {
  beforeAll(() => {
    generate('module', 'meal-plan');
    linkWorkspaces(copy);
    generate('operation', 'meal-plan', 'copyMealPlan');
    generate('operation', 'tasks', 'countCrumbs', '--in', 'tasks');
  });

  test('compiles', () => {
    expect(run(`${BIN}/tsc`, '-b', 'apps/server')).toEqual(fine);
  });

  test('keeps the rules of lint, format and boundaries', () => {
    const changed = [MADE, 'apps/server/src/features.ts', 'libs/tasks/contract', 'libs/tasks/src/tasks'];
    expect(run(`${BIN}/oxlint`, '--type-aware', ...changed)).toEqual(fine);
    expect(run(`${BIN}/prettier`, '--check', ...changed, 'apps/server/package.json')).toEqual(fine);
    expect(run(`${BIN}/depcruise`, '--config', '.dependency-cruiser.cjs', MADE, 'apps/server')).toEqual(fine);
  });

  test('passes its own tests, the architecture test and the authorization matrix', () => {
    const files = [MADE, 'count-crumbs', 'test/architecture/features', 'test/e2e/authorization-matrix'];
    // One topology and few credentials: the others differ in nothing that a module has.
    const names = '^(?!.*(?:per module|wrong|expired|forged|unknown|revoked|signed out|recurrence:|time:))';
    const jest = run(process.execPath, 'node_modules/jest/bin/jest.js', '--maxWorkers=1', '-t', names, ...files);
    expect(jest).toEqual(fine);
    expect(jest.output).toMatch(/PASS libs\/meal-plan\/src\/meal-plans\/meal-plans\.controller\.test\.ts/);
    expect(jest.output).toMatch(/PASS libs\/meal-plan\/src\/meal-plans\/copy-meal-plan\.test\.ts/);
    expect(jest.output).toMatch(/PASS libs\/tasks\/src\/tasks\/count-crumbs\.test\.ts/);
  });

  test('has its routes and its requests over NATS', () => {
    const { output } = run(process.execPath, 'apps/server/dist/print-openapi.js');
    const { paths } = JSON.parse(output) as { paths: Record<string, object> };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/meal-plans', '/v1/meal-plans/{id}', '/v1/meal-plan/copy-meal-plan']),
    );
  });
});
