// `npm run check:prose`: finds wording that the style rules of CONTRIBUTING.md replace. Known places are counted per file in
// .prose-budget.json, which can only shrink: `npm run check:prose -- --write` lowers it.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** @typedef {'prose' | 'name'} Kind */
/** @typedef {{ name: string; kind: Kind; pattern: RegExp; instead: string }} Rule */
/** @typedef {{ text: string; line: number; kind: Kind }} Piece */
/** @typedef {{ line: number; rule: string; found: string; instead: string }} Fault */
/** @typedef {Record<string, number>} Budget */

const BUDGET = '.prose-budget.json';
const MOST_SHOWN = 20;
/** The rules themselves, and their planted violations. */
const EXEMPT = /^test\/checks\/|^package-lock\.json$|^test\/support\/compose-spec\//;

/** @type {readonly Rule[]} */
export const RULES = [
  {
    name: 'headless sentence',
    kind: 'prose',
    pattern: /(?:^|[.!?:]\s+)(?:What|Who|Whom|Whose|Whoever|Whatever|That|Of|Else)\s(?![^.!?]*\?)/g,
    instead: 'begin with the subject',
  },
  { name: 'demand', kind: 'prose', pattern: /\bdemand(?:s|ed|ing)?\b/gi, instead: 'require' },
  { name: 'bury', kind: 'prose', pattern: /\b(?:bury|buries|buried|burial)\b/gi, instead: 'move to the dead letters' },
  { name: 'is away', kind: 'prose', pattern: /\b(?:is|are|was|were|be) away\b/gi, instead: 'is unavailable' },
  { name: 'is none', kind: 'prose', pattern: /\b(?:is|are|was|were) none\b/gi, instead: 'does not exist, is not a …' },
  { name: 'behind commas', kind: 'prose', pattern: /\bbehind commas\b/gi, instead: 'comma-separated' },
  { name: 'hear', kind: 'prose', pattern: /\b(?:hears?|heard|hearing)\b/gi, instead: 'consume, receive' },
  { name: 'tell', kind: 'prose', pattern: /\b(?:tells?|telling|told)\b(?! apart)/gi, instead: 'notify, report, print' },
  {
    name: 'give up',
    kind: 'prose',
    pattern: /\b(?:gave|gives?|giving|given) up\b/gi,
    instead: 'fail for good, time out',
  },
  {
    name: 'let in',
    kind: 'prose',
    pattern: /\blet(?:s|ting)? (?:\w+ )?in\b(?! (?:the|a|an)\b)/gi,
    instead: 'admit, create a user',
  },
  {
    name: 'archaic word',
    kind: 'prose',
    pattern: /\b(?:likewise|whoever|anew|henceforth|thereby|of before)\b/gi,
    instead: 'plain words',
  },
  {
    name: 'house name',
    kind: 'name',
    pattern:
      /\b(?:demand|hear|tell|bury)[A-Z]\w*|\b(?:Together|FewAtOnce|Surroundings|Gathered|Neighbours)\b|\bhearOf\b/g,
    instead: 'requireX, consumeX, notifyX, Batcher, ConcurrencyLimit',
  },
];

/** Comments and text in one pass. A regular expression is recognised so that its quotes open no string. */
const TOKEN =
  /(?<comment>(?:\/\/[^\n]*(?:\n[ \t]*(?=\/\/))?)+|\/\*[\s\S]*?\*\/)|(?<string>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`)|(?<regex>(?<=[=(,:;!&|?{}[]\s*|return\s)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*)/g;

/** @returns {Piece[]} */
export function piecesOf(/** @type {string} */ file, /** @type {string} */ content) {
  if (file.endsWith('.md')) return paragraphsOf(content);
  if (file === 'openapi.json') return descriptionsOf(JSON.parse(content));
  if (/\.(?:ts|tsx|js|mjs|cjs)$/.test(file)) return sourcePieces(content, /\.test\.ts$|^test\//.test(file));
  return [];
}

/** The same lines without their text. */
function blank(/** @type {string} */ text) {
  return text.replace(/[^\n]/g, ' ');
}

/** Without code: what a program reads is checked where it stands. @returns {Piece[]} */
function paragraphsOf(/** @type {string} */ content) {
  const text = content
    .replace(/^(```|~~~)[\s\S]*?^\1/gm, blank)
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/`[^`\n]*`/g, 'x');
  return [...text.matchAll(/[^\n]+(?:\n(?!\s*\n|\s*(?:[-*|#>]|\d+\.)\s)[^\n]+)*/g)].flatMap((match) =>
    // Each cell of a table is a text of its own.
    match[0].split(/(?<=\|)/).map((part) => ({
      text: part.replace(/^[\s|>#*-]*(?:\d+\.\s+)?(?:\[[ x]\]\s*)?/, '').replace(/\s+/g, ' '),
      line: lineOf(content, match.index ?? 0),
      kind: /** @type {const} */ ('prose'),
    })),
  );
}

/** @returns {Piece[]} */
function descriptionsOf(/** @type {unknown} */ node) {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    (key === 'summary' || key === 'description') && typeof value === 'string'
      ? [{ text: value, line: 1, kind: /** @type {const} */ ('prose') }]
      : descriptionsOf(value),
  );
}

/** Strings of tests are data and names of tests; their comments count. @returns {Piece[]} */
function sourcePieces(/** @type {string} */ content, /** @type {boolean} */ isTest) {
  /** @type {Piece[]} */
  const pieces = [];
  let line = 1;
  let end = 0;
  let code = '';
  const advance = (/** @type {number} */ to) => {
    for (let at = content.indexOf('\n', end); at !== -1 && at < to; at = content.indexOf('\n', at + 1)) line += 1;
    end = to;
  };
  for (const match of content.matchAll(TOKEN)) {
    code += content.slice(end, match.index);
    advance(match.index);
    const { comment, string } = match.groups ?? {};
    const text =
      comment === undefined ? string?.slice(1, -1) : comment.replace(/\/\*\*?|\*\/|^\s*(?:\/\/|\*)|@\w+/gm, ' ');
    if (text !== undefined && (comment !== undefined || (!isTest && /[a-z] [a-z]/i.test(text)))) {
      pieces.push({ text: text.replace(/\s+/g, ' ').trim(), line, kind: 'prose' });
    }
    code += '\n'.repeat(match[0].split('\n').length - 1);
    advance(match.index + match[0].length);
  }
  code += content.slice(end);
  for (const [index, text] of code.split('\n').entries()) pieces.push({ text, line: index + 1, kind: 'name' });
  return pieces;
}

function lineOf(/** @type {string} */ content, /** @type {number} */ index) {
  return content.slice(0, index).split('\n').length;
}

/** @returns {Fault[]} */
export function faultsIn(/** @type {string} */ file, /** @type {string} */ content) {
  return piecesOf(file, content).flatMap(({ text, line, kind }) =>
    RULES.filter((rule) => rule.kind === kind).flatMap((rule) =>
      [...text.matchAll(rule.pattern)].map((match) => ({
        line,
        rule: rule.name,
        found: text.slice(Math.max(0, match.index - 10), match.index + 50).trim(),
        instead: rule.instead,
      })),
    ),
  );
}

/**
 * A file may not exceed its budget. A new file may take what deleted files leave, since text moves between files.
 * @returns {{ above: string[]; below: string[]; next: Budget }}
 */
export function compare(/** @type {Budget} */ budget, /** @type {Budget} */ counts) {
  const files = [...new Set([...Object.keys(budget), ...Object.keys(counts)])].sort();
  const left = files.filter((file) => counts[file] === undefined).reduce((sum, file) => sum + (budget[file] ?? 0), 0);
  const isNew = (/** @type {string} */ file) => budget[file] === undefined && (counts[file] ?? 0) > 0;
  const moved = files.filter(isNew).reduce((sum, file) => sum + (counts[file] ?? 0), 0);
  const above = files.filter((file) => (isNew(file) ? moved > left : (counts[file] ?? 0) > (budget[file] ?? 0)));
  const below = files.filter((file) => (counts[file] ?? 0) < (budget[file] ?? 0) || (isNew(file) && moved <= left));
  const next = Object.fromEntries(files.map((file) => [file, counts[file] ?? 0]).filter(([, count]) => count !== 0));
  return { above, below, next };
}

/** @returns {number} the exit code */
export function check(
  /** @type {string} */ root,
  /** @type {{ write?: boolean; say: (line: string) => void }} */ { write = false, say },
) {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  /** @type {Map<string, Fault[]>} */
  const faults = new Map();
  for (const file of list
    .split('\0')
    .filter((name) => name !== '' && !EXEMPT.test(name) && existsSync(join(root, name)))) {
    if (!/\.(?:md|ts|tsx|js|mjs|cjs)$/.test(file) && file !== 'openapi.json') continue;
    faults.set(file, faultsIn(file, readFileSync(join(root, file), 'utf8')));
  }
  const counts = Object.fromEntries([...faults].map(([file, found]) => [file, found.length]));
  const path = join(root, BUDGET);
  /** @type {Budget} */
  const budget = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : write ? counts : {};
  const { above, below, next } = compare(budget, counts);
  for (const file of above) {
    say(`${file}: ${counts[file]} places, budget ${budget[file] ?? 0}`);
    for (const { line, rule, found, instead } of (faults.get(file) ?? []).slice(0, MOST_SHOWN))
      say(`  ${line}: ${rule} ("${found}"): ${instead}`);
  }
  if (above.length > 0) return 1;
  if (write) writeFileSync(path, `${JSON.stringify(next, null, 2)}\n`);
  else if (below.length > 0) say(`Lower the budget (npm run check:prose -- --write): ${below.join(', ')}`);
  say(
    `${Object.values(next).reduce((sum, count) => sum + count, 0)} known places in ${Object.keys(next).length} files.`,
  );
  return 0;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const write = process.argv.includes('--write');
  process.exitCode = check(process.cwd(), { write, say: (line) => void process.stdout.write(`${line}\n`) });
}
