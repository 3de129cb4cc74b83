// Runs TypeScript from the sources, including decorators, which Node's type stripping rejects. Compiled files are cached on
// disk. For `node --import`, usually with `--conditions=source`, and for test processes.
import { transformSync } from '@swc/core';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = join(import.meta.dirname, '../node_modules/.cache/mono/typescript');
/** @type {import('@swc/core').Options} */
const OPTIONS = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    target: 'es2024',
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: true,
};
const VERSION = JSON.stringify([OPTIONS, readFileSync(new URL(import.meta.resolve('@swc/core/package.json')), 'utf8')]);
registerHooks({
  resolve(specifier, context, nextResolve) {
    if (/^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (source.protocol === 'file:' && existsSync(source)) return { url: source.href, shortCircuit: true };
    }
    return nextResolve(specifier, context);
  },
  load(url, context, nextLoad) {
    const { protocol, pathname } = new URL(url);
    if (protocol !== 'file:' || !pathname.endsWith('.ts')) return nextLoad(url, context);
    return { format: 'module', source: compiled(url), shortCircuit: true };
  },
});

/** The files of the maps that lead back to the sources, by URL.
 * @type {Map<string, string>} */
export const sourceMaps = new Map();

function compiled(/** @type {string} */ url) {
  const filename = fileURLToPath(url);
  const source = readFileSync(filename, 'utf8');
  const name = createHash('sha256').update(VERSION).update(filename).update(source).digest('hex');
  const directory = join(CACHE, name.slice(0, 2));
  const [file, mapFile] = [join(directory, `${name}.js`), join(directory, `${name}.js.map`)];
  sourceMaps.set(url, mapFile);
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Not compiled yet.
  }
  const { code: plain, map = '{}' } = transformSync(source, { filename, ...OPTIONS });
  const code = `${plain}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}\n`;
  try {
    mkdirSync(directory, { recursive: true });
    write(mapFile, map);
    write(file, code);
  } catch {
    // A checkout that this user cannot write.
  }
  return code;
}

/** Atomically, because other processes may read the file. */
function write(/** @type {string} */ file, /** @type {string} */ content) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, file);
}
