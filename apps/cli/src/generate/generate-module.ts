// A feature module: the example with other names, known to the server.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { format, insertSorted } from './edit-file.js';
import { capitalised, namesOf, pluralOf, singularOf, type Names } from './names.js';

/** Every form of its names is spelled in one way only, so that they are replaced as texts. */
const EXAMPLE = {
  directory: 'examples/corner-bakery',
  module: 'corner-bakery',
  resource: 'rye-loaf',
  plural: 'rye-loaves',
};
const MIGRATION = '1767225600000';
const NOT_SOURCE = /(?:^|\/)(?:dist|node_modules)(?:\/|$)/;

interface ModuleNames {
  module: Names;
  resource: Names;
  plural: Names;
}

/**
 * @param checkout the directory of the sources. @throws TypeError for a name that is not kebab-case; Error where the module
 *   exists or the directory is no checkout.
 */
export async function generateModule(
  checkout: string,
  name: string,
  options: { resource?: string; plural?: string },
  say: (line: string) => void,
): Promise<void> {
  const names = namesFor(name, options);
  const example = join(checkout, EXAMPLE.directory);
  const target = join(checkout, 'libs', name);
  if (!existsSync(example)) throw new Error(`Invalid directory ${checkout}: expected a checkout of Mono.`);
  if (existsSync(target)) throw new Error(`Invalid module name "${name}": ${target} exists.`);
  const rename = renaming(names);
  for (const path of await filesOf(example)) {
    const file = join(target, rename(path));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, rename(await readFile(join(example, path), 'utf8')));
    say(`created libs/${name}/${rename(path)}`);
  }
  for (const path of await register(checkout, names.module)) say(`changed ${path}`);
  format(checkout, [`libs/${name}`]);
  say('');
  say('Next: npm install && npm run build && npm run openapi:write && npm run migrations:write');
}

function namesFor(name: string, { resource, plural }: { resource?: string; plural?: string }): ModuleNames {
  const singular = resource ?? singularOf(name);
  return {
    module: namesOf('module name', name),
    resource: namesOf('resource name', singular),
    plural: namesOf('plural', plural ?? pluralOf(singular)),
  };
}

/** From a path or text of the example to that of the module. Its migration is of now. */
function renaming({ module, resource, plural }: ModuleNames): (text: string) => string {
  const replacements = [
    ...pairsOf(namesOf('plural', EXAMPLE.plural), plural),
    ...pairsOf(namesOf('resource name', EXAMPLE.resource), resource),
    ...pairsOf(namesOf('module name', EXAMPLE.module), module),
    ['../../libs/', '../'],
    [MIGRATION, String(Date.now())],
  ] as const;
  return (text) =>
    replacements
      .reduce((current, [from, to]) => current.replaceAll(from, to), text)
      .replaceAll(
        new RegExp(`\\b([Aa]) (?=${resource.words}\\b)`, 'g'),
        /^[aeiou]/.test(resource.words) ? '$1n ' : '$1 ',
      );
}

function pairsOf(from: Names, to: Names): [string, string][] {
  const { kebab, snake, camel, pascal, words } = from;
  return [
    [kebab, to.kebab],
    [snake.toUpperCase(), to.snake.toUpperCase()],
    [snake, to.snake],
    [camel, to.camel],
    [pascal, to.pascal],
    [words, to.words],
    [capitalised(words), capitalised(to.words)],
  ];
}

async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter((path) => !NOT_SOURCE.test(path))
    .toSorted();
}

/** @returns what has been changed. */
async function register(checkout: string, module: Names): Promise<string[]> {
  const features = 'apps/server/src/features.ts';
  const packageFile = 'apps/server/package.json';
  const project = 'apps/server/tsconfig.json';
  const feature = `${module.camel}Feature`;
  await insertSorted(
    join(checkout, features),
    /^import \{ \w+ \} from '@mono\/[\w-]+\/feature';$/,
    `import { ${feature} } from '@mono/${module.kebab}/feature';`,
  );
  await insertSorted(join(checkout, features), /^ {2}\w+Feature,$/, `  ${feature},`);
  await insertSorted(join(checkout, packageFile), /^ {4}"@mono\/[\w-]+": /, `    "@mono/${module.kebab}": "0.1.0",`);
  await insertSorted(
    join(checkout, project),
    /^ {4}\{ "path": "\.\.\/\.\.\/libs\//,
    `    { "path": "../../libs/${module.kebab}" },`,
  );
  return [features, packageFile, project];
}
