// `prepack`: builds the package and rewrites package.json for the tarball. `postpack` restores it.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIBRARY, MANIFEST, restoreManifest, SAVED_MANIFEST } from './restore.mjs';

restoreManifest();
rmSync(join(LIBRARY, 'dist'), { recursive: true, force: true });
const { status } = spawnSync('tsc', ['-p', join(import.meta.dirname, 'tsconfig.json')], {
  cwd: LIBRARY,
  // npm reads the tarball's name from the standard output.
  stdio: ['ignore', 2, 2],
  shell: process.platform === 'win32',
});
if (status !== 0) process.exit(status ?? 1);
if (!existsSync(join(LIBRARY, 'LICENSE'))) copyFileSync(join(LIBRARY, '../../LICENSE'), join(LIBRARY, 'LICENSE'));

copyFileSync(MANIFEST, SAVED_MANIFEST);
/** @type {{ exports: Record<string, string | Record<string, string>>; [key: string]: unknown }} */
const { scripts: _scripts, devDependencies: _development, ...manifest } = JSON.parse(readFileSync(MANIFEST, 'utf8'));
// The sources are not in the tarball.
for (const target of Object.values(manifest.exports)) if (typeof target !== 'string') delete target['source'];
writeFileSync(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
