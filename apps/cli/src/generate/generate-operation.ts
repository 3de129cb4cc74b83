// Generates an operation of a module: declaration, classes, handler and a test.
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { edit, format, insertBefore } from './edit-file.js';
import { capitalised, namesOfOperation, type Names } from './names.js';

const OPERATIONS = '.operations.ts';

interface Place {
  /** The directory of the module, such as `libs/tasks`. */
  directory: string;
  /** Relative to it. */
  operations: string;
  controller: string;
  /** The exported constant with the operations, and its name in the controller. */
  constant: string;
  local: string;
  controllerClass: string;
}

/**
 * @param checkout the directory of the sources. @throws TypeError for a name that is not camelCase; Error where the module, its
 *   operations or their controller cannot be found, or the operation exists.
 */
export async function generateOperation(
  checkout: string,
  module: string,
  name: string,
  options: { in?: string },
  say: (line: string) => void,
): Promise<void> {
  const names = namesOfOperation(name);
  const place = await placeOf(join(checkout, 'libs', module), module, options.in);
  const at = (path: string): string => join(place.directory, path);
  const operations = await readFile(at(place.operations), 'utf8');
  if (new RegExp(`^ {4}${name}: `, 'm').test(operations))
    throw new Error(`Invalid operation name "${name}": ${place.operations} declares it.`);
  const scope = /scope: '([\w-]+):/.exec(operations)?.[1] ?? module;
  const dto = `contract/${names.kebab}.dto.ts`;
  const test = join(dirname(place.controller), `${names.kebab}.test.ts`);
  await writeFile(at(dto), dtoOf(names));
  await insertBefore(at(place.operations), /^ {2}\},\n\);$/m, declarationOf(module, scope, names));
  await addImport(
    at(place.operations),
    `import { ${names.pascal}, ${names.pascal}Result } from './${names.kebab}.dto.js';`,
  );
  await edit(at('contract/index.ts'), (source) => `${source}export * from './${names.kebab}.dto.js';\n`);
  await edit(at(place.controller), (source) => withHandler(source, place, names));
  const from = relative(dirname(place.controller), `contract/${names.kebab}.dto.js`);
  await addImport(at(place.controller), `import type { ${names.pascal}, ${names.pascal}Result } from '${from}';`);
  await writeFile(at(test), testOf(place, names));
  for (const path of [dto, test]) say(`created libs/${module}/${path}`);
  for (const path of [place.operations, 'contract/index.ts', place.controller]) say(`changed libs/${module}/${path}`);
  format(
    checkout,
    [dto, test, place.operations, place.controller].map((path) => `libs/${module}/${path}`),
  );
  say('');
  say('Next: npm run build && npm run openapi:write');
}

async function placeOf(directory: string, module: string, topic: string | undefined): Promise<Place> {
  if (!existsSync(join(directory, 'contract')))
    throw new Error(`Invalid module "${module}": ${directory} has no contract.`);
  const all = (await readdir(join(directory, 'contract'))).filter((file) => file.endsWith(OPERATIONS));
  const topics = all.map((file) => file.slice(0, -OPERATIONS.length));
  const [first] = topics;
  const chosen = topic ?? (topics.length === 1 ? first : undefined);
  if (chosen === undefined || !topics.includes(chosen))
    throw new Error(`Invalid option --in ${topic ?? '(missing)'}: expected one of ${topics.join(', ')}.`);
  const operations = `contract/${chosen}${OPERATIONS}`;
  const constant =
    /export const (\w+) = operations\(/.exec(await readFile(join(directory, operations), 'utf8'))?.[1] ?? '';
  const sources = await readdir(join(directory, 'src'), { recursive: true });
  for (const source of sources.filter((path) => path.endsWith('.controller.ts')).toSorted()) {
    const text = await readFile(join(directory, 'src', source), 'utf8');
    const local = new RegExp(`\\b${constant}(?: as (\\w+))?`).exec(text);
    const controllerClass = /^export class (\w+)/m.exec(text)?.[1];
    if (local && controllerClass && text.includes('@Operation('))
      return {
        directory,
        operations,
        controller: `src/${source}`,
        constant,
        local: local[1] ?? constant,
        controllerClass,
      };
  }
  throw new Error(`Invalid topic "${chosen}": no controller handles ${constant}.`);
}

function dtoOf({ pascal }: Names): string {
  return `import { TextField } from '@mono/contract';

const note = { description: 'A note.', example: 'Hello', min: 1, max: 255 };

export class ${pascal} {
  @TextField(note)
  note: string;
}

export class ${pascal}Result {
  @TextField(note)
  note: string;
}
`;
}

function declarationOf(module: string, scope: string, { camel, kebab, pascal, words }: Names): string {
  return `    ${camel}: post('/v1/${module}/${kebab}', {
      summary: '${capitalised(words)}',
      answer: 'The result.',
      scope: '${scope}:read',
      reads: true,
      body: ${pascal},
      reply: ${pascal}Result,
    }),
`;
}

/** Inserts after the last method with an operation, or at the end of the class. */
function withHandler(source: string, { controllerClass, local }: Place, { camel, pascal }: Names): string {
  const begin = source.indexOf(`export class ${controllerClass}`);
  const end = source.indexOf('\n}\n', begin);
  const handler = `

  @Operation(${local}.${camel})
  ${camel}({ note }: ${pascal}): ${pascal}Result {
    return { note };
  }`;
  return source.slice(0, end) + handler + source.slice(end);
}

/** Inserts after the other imports, each of which is one statement that starts a line. */
async function addImport(path: string, line: string): Promise<void> {
  await edit(path, (source) => {
    const last = [...source.matchAll(/^import [^;]*;\n/gm)].at(-1);
    const at = last ? last.index + last[0].length : 0;
    return `${source.slice(0, at)}${line}\n${source.slice(at)}`;
  });
}

function testOf({ controller, controllerClass }: Place, { camel }: Names): string {
  const file = controller.slice(controller.lastIndexOf('/') + 1).replace(/ts$/, 'js');
  return `import { ${controllerClass} } from './${file}';

test('${camel} answers', () => {
  // It needs nothing that the controller is constructed with.
  const controller = Object.create(${controllerClass}.prototype) as ${controllerClass};
  expect(controller.${camel}({ note: 'Hello' })).toEqual({ note: 'Hello' });
});
`;
}
