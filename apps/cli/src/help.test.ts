import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Writes the URL of each module that Node loads. */
const LOAD_LOG = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  import { writeSync } from 'node:fs';
  registerHooks({ load(url, context, next) { writeSync(2, 'loaded ' + url + '\\n'); return next(url, context); } });
`)}`;

function mono(...args: string[]): { output: string; loaded: string[] } {
  const imports = ['--import', resolve('setup/source-loader.mjs'), '--import', LOAD_LOG];
  const main = resolve(import.meta.dirname, 'main.ts');
  const { stdout, stderr } = spawnSync(process.execPath, ['--conditions=source', ...imports, main, ...args], {
    encoding: 'utf8',
  });
  const loaded = stderr.split('\n').filter((line) => line.startsWith('loaded '));
  return { output: stdout, loaded: loaded.map((line) => line.slice('loaded '.length)) };
}

describe('mono', () => {
  test.each(['--help', '--version', 'apikey create --help', 'help dlq'])('%s loads the command line alone', (args) => {
    const { loaded } = mono(...args.split(' '));
    expect(loaded.some((url) => url.endsWith('apps/cli/src/main.ts'))).toBe(true);
    const beyond = loaded.filter((url) => !/^node:|\/apps\/cli\/src\/|\/node_modules\/commander\//.test(url));
    expect(beyond).toEqual([]);
  });

  test('an action loads what it needs', () => {
    const { loaded } = mono('--data-dir', '/nonexistent', 'down');
    expect(loaded.some((url) => url.includes('/typeorm/'))).toBe(true);
  });

  test('prints its version', () => {
    expect(mono('--version').output.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
