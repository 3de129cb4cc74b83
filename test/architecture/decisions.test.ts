// The README links every decision, and nothing that is gone.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

function decisions(): string[] {
  return ['apps', 'libs'].flatMap((group) =>
    readdirSync(join(ROOT, group), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /^\d{4}-.*\.md$/.test(entry.name) && entry.parentPath.endsWith('/decisions'))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
      .filter((path) => !path.includes('node_modules')),
  );
}

test('the README links every decision record', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const [, section = ''] = /<!-- decisions:begin -->([\s\S]*)<!-- decisions:end -->/.exec(readme) ?? [];
  const linked = [...section.matchAll(/\]\(([^)]+)\)/g)].map(([, path = '']) => path);
  expect(linked.toSorted()).toEqual(decisions().toSorted());
});
