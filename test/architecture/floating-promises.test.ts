// Shows that the linter sees a promise that nobody waits for; such a promise loses errors and outlives its request.
import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { plantTree, type PlantedTree } from '../support/planted-tree.ts';

const run = promisify(execFile);
const ROOT = process.cwd();

const TSCONFIG = JSON.stringify({ compilerOptions: { strict: true, module: 'NodeNext' }, include: ['libs'] });
const SAVE = 'export async function save(): Promise<void> { await Promise.resolve(); }\n';

describe('lint', () => {
  let tree: PlantedTree;

  beforeAll(async () => {
    tree = await plantTree({
      'package.json': JSON.stringify({ type: 'module' }),
      'tsconfig.json': TSCONFIG,
      'libs/bakery/src/save.ts': SAVE,
      'libs/bakery/src/floating.ts': `import { save } from './save.js';\nsave();\n`,
      'libs/bakery/src/awaited.ts': `import { save } from './save.js';\nawait save();\n`,
    });
    await copyFile(resolve(ROOT, '.oxlintrc.json'), join(tree.directory, '.oxlintrc.json'));
  });
  afterAll(() => tree.remove());

  test('a floating promise is an error, and the only one in the planted tree', async () => {
    const lint = run(
      process.execPath,
      [resolve(ROOT, 'node_modules/oxlint/bin/oxlint'), '--type-aware', '--format', 'json', 'libs'],
      {
        cwd: tree.directory,
        env: { ...process.env, OXLINT_TSGOLINT_PATH: resolve(ROOT, 'node_modules/.bin/tsgolint') },
      },
    );
    const failure = await lint.then(
      () => undefined,
      (error: unknown) => error as { code: number; stdout: string },
    );
    const report = JSON.parse(failure?.stdout ?? '{"diagnostics":[]}') as {
      diagnostics: { code: string; filename: string; severity: string }[];
    };
    expect(report.diagnostics.map(({ code, filename, severity }) => ({ code, filename, severity }))).toEqual([
      {
        code: expect.stringContaining('no-floating-promises') as string,
        filename: 'libs/bakery/src/floating.ts',
        severity: 'error',
      },
    ]);
    expect(failure?.code).toBe(1);
  });
});
