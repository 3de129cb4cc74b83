import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { check, compare, faultsIn, RULES } from './prose.mjs';

/** A planted violation of each rule. */
const PLANTED: Record<string, string> = {
  'headless sentence': 'It runs. What it prints is short.',
  demand: 'It demands a key.',
  bury: 'The message is buried.',
  'is away': 'The database is away.',
  'is none': 'The key is none.',
  'behind commas': 'Names behind commas.',
  hear: 'It hears of changes.',
  tell: 'It tells the node.',
  'give up': 'The job gave up.',
  'let in': 'Let people in.',
  'archaic word': 'Likewise for writes.',
  'house name': 'demandVersion(row);',
};

const rulesIn = (file: string, content: string): string[] => faultsIn(file, content).map(({ rule }) => rule);

const namesOf = (kind: 'prose' | 'name'): string[] =>
  RULES.filter((rule) => rule.kind === kind).map(({ name }) => name);

test.each(namesOf('prose'))('"%s" is seen in every kind of text', (name) => {
  const planted = PLANTED[name] ?? '';
  expect(rulesIn('README.md', planted)).toContain(name);
  expect(rulesIn('openapi.json', JSON.stringify({ paths: { '/': { get: { summary: planted } } } }))).toContain(name);
  expect(rulesIn('libs/x/src/a.ts', `// ${planted}`)).toContain(name);
  expect(rulesIn('libs/x/src/a.ts', `/** Before.\n * ${planted} */`)).toContain(name);
  for (const quote of ["'", '"', '`']) {
    expect(rulesIn('apps/x/src/a.ts', `logger.warn({ err }, ${quote}${planted}${quote});`)).toContain(name);
    expect(rulesIn('apps/x/src/a.ts', `command.description(${quote}${planted}${quote})`)).toContain(name);
  }
});

test.each(namesOf('name'))('"%s" is seen in code', (name) => {
  expect(rulesIn('libs/x/src/a.ts', `const text = 'x';\n${PLANTED[name] ?? ''}`)).toEqual([name]);
});

test.each([
  ['README.md', '```sh\n# What it prints.\n```\n\nRun `demand`. Is it running? What happens then?'],
  ['README.md', 'A sentence that goes\nOf course on in the next line'],
  ['libs/x/src/a.ts', 'const pattern = /[\'"]/; // A quote.\nconst demand = other;'],
  ['libs/x/src/a.test.ts', "test('What it prints. Who reads it.', () => {});"],
  ['libs/x/src/a.ts', "import { x } from './tell.js';"],
])('%s %j is fine', (file, content) => {
  expect(faultsIn(file, content)).toEqual([]);
});

test('names the line', () => {
  expect(faultsIn('libs/x/src/a.ts', "const a = 1;\n\nthrow new Error('The bus is away.');")[0]?.line).toBe(3);
  expect(faultsIn('README.md', '# Title\n\nThe bus is away.')[0]?.line).toBe(3);
});

describe('the budget', () => {
  test('refuses more in a file, and anything in a new one', () => {
    expect(compare({ a: 1 }, { a: 2 }).above).toEqual(['a']);
    expect(compare({ a: 1 }, { a: 1, b: 1 }).above).toEqual(['b']);
  });
  test('asks to be lowered', () => {
    expect(compare({ a: 2, b: 1 }, { a: 1, b: 0 })).toEqual({ above: [], below: ['a', 'b'], next: { a: 1 } });
  });
  test('moves with the text', () => {
    expect(compare({ a: 2 }, { b: 2 })).toEqual({ above: [], below: ['a', 'b'], next: { b: 2 } });
    expect(compare({ a: 2 }, { b: 3 }).above).toEqual(['b']);
  });

  test('of a repository is written once, and then only lowered', () => {
    const root = mkdtempSync(join(tmpdir(), 'mono-prose-'));
    const put = (file: string, text: string): void => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    };
    const said: string[] = [];
    const run = (write = false): number => check(root, { write, say: (line) => void said.push(line) });
    try {
      execFileSync('git', ['init', '--quiet'], { cwd: root });
      put('README.md', 'The bus is away. It tells nobody.');
      expect(run()).toBe(1);
      expect(run(true)).toBe(0);
      expect(run()).toBe(0);
      put('README.md', 'The bus is away. It tells nobody. Who knows it is away.');
      expect(run(true)).toBe(1);
      put('README.md', 'The bus is away.');
      expect(run()).toBe(0);
      expect(said.join('\n')).toContain('Lower the budget (npm run check:prose -- --write): README.md');
      expect(run(true)).toBe(0);
      expect(JSON.parse(readFileSync(join(root, '.prose-budget.json'), 'utf8'))).toEqual({ 'README.md': 1 });
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
