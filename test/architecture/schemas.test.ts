// A module's SQL names its own schema only. By pattern: every directory under libs/ is a module.
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { schemaOfLib } from '../support/schema-of-lib.ts';
import { schemasNamedIn } from '../support/sql-schemas.ts';

const LIBS = resolve(process.cwd(), 'libs');

async function sourcesOf(lib: string): Promise<string[]> {
  const entries = await readdir(join(LIBS, lib), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\/(?:dist|node_modules|testing)\//.test(path));
}

describe('one schema per module', () => {
  test('no module names the schema of another in its SQL', async () => {
    const libs = (await readdir(LIBS, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const schemas = new Set([...libs.map(schemaOfLib), 'public']);
    const foreign: string[] = [];
    let named = 0;
    for (const lib of libs) {
      for (const path of await sourcesOf(lib)) {
        for (const schema of schemasNamedIn(await readFile(path, 'utf8'), schemas)) {
          named += 1;
          if (schema !== schemaOfLib(lib)) foreign.push(`${path.slice(LIBS.length + 1)} names ${schema}`);
        }
      }
    }
    expect(foreign).toEqual([]);
    expect(named).toBeGreaterThan(0);
  });

  test.each([
    ['a join', 'const sql = `SELECT 1 FROM "bakery"."loaf" l JOIN "astronomy"."star" s ON true`;'],
    ['an unquoted name', "const sql = 'SELECT 1 FROM astronomy.star';"],
    ['an insert', 'const sql = `INSERT INTO "astronomy"."star" VALUES (${value})`;'],
    ['a foreign key', 'const sql = `"star_id" uuid REFERENCES "astronomy"."star" ("id")`;'],
    ['what belongs to everybody', 'const sql = `SELECT 1 FROM public.star, astronomy.star`;'],
    ['a cast', 'const sql = `SELECT $1::"astronomy"."colour"`;'],
    ['a function, beside an interpolation', 'const sql = `SELECT ${columns}, "astronomy"."magnitude"(1)`;'],
  ])('%s across schemas is seen', (_what, source) => {
    expect([...schemasNamedIn(source, new Set(['astronomy', 'bakery']))]).toContain('astronomy');
  });

  test.each([
    ['an alias and its column', 'const sql = `SELECT "l"."title" FROM "bakery"."loaf" "l"`;'],
    [
      'an alias behind a keyword',
      'const sql = `SELECT 1 FROM "bakery"."loaf" l WHERE l.title IS DISTINCT FROM l.name`;',
    ],
    ['a sentence', "const text = 'Buy bakery.loaf'; const sql = `SELECT 1 FROM bakery.loaf`;"],
    ['the catalogue', 'const sql = `SELECT 1 FROM pg_catalog.pg_class JOIN "bakery"."loaf" ON true`;'],
    ['a comment', '// SELECT 1 FROM astronomy.star\nconst sql = `UPDATE "bakery"."loaf" SET x = 1`;'],
  ])('%s is no foreign schema', (_what, source) => {
    expect([...schemasNamedIn(source, new Set(['astronomy', 'bakery']))]).toEqual(['bakery']);
  });
});
