// `npm run check:commits`: checks the subjects of all commits since this file was added. With `--message <file>` it checks
// one message, as the hook commit-msg does.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const LONGEST_SUBJECT = 72;
const FORM = /^[a-z0-9][a-z0-9-]*: [^\s].*$/;
/** What git writes by itself. */
const WRITTEN_BY_GIT = /^(?:Merge |Revert "|(?:fixup|squash|amend)! )/;
/** `added`, `adding`, `adds`: a word with one of these endings is rarely an imperative. */
const NOT_IMPERATIVE = /^(?:[a-z]+(?:[^e]ed|ing)|[a-z]+[^siu]s)$/;
const IMPERATIVES = new Set(['bring', 'ping', 'ring', 'string', 'sing', 'swing', 'embed', 'shed', 'bus']);

/** @returns {string[]} what is wrong */
export function faultsOf(/** @type {string} */ message) {
  const lines = message.split('\n').filter((line) => !line.startsWith('#'));
  const [subject = '', second = ''] = lines;
  if (WRITTEN_BY_GIT.test(subject)) return [];
  const faults = [];
  const { length } = Array.from(subject);
  if (length > LONGEST_SUBJECT) faults.push(`The subject has ${length} characters: at most ${LONGEST_SUBJECT}.`);
  const verb = /^[^:]*: ([^\s:;,]+)/.exec(subject)?.[1] ?? '';
  if (!FORM.test(subject)) faults.push('Write the subject as `scope: imperative summary`, with a lower-case scope.');
  else if (/^[A-Z][a-z]/.test(verb)) faults.push(`Begin the summary in lower case: "${verb}".`);
  else if (NOT_IMPERATIVE.test(verb) && !IMPERATIVES.has(verb)) faults.push(`Use the imperative instead of "${verb}".`);
  if (subject.endsWith('.')) faults.push('End the subject without a full stop.');
  if (second.trim() !== '') faults.push('Leave the second line empty.');
  return faults;
}

/** The commits since the one that added `file`; all that a shallow clone has of them. @returns {{ id: string; message: string }[]} */
export function commitsSince(/** @type {string} */ root, /** @type {string} */ file) {
  const git = (/** @type {string[]} */ ...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
  const added = git('log', '--diff-filter=A', '--no-renames', '--format=%H', '--', file).trim().split('\n').at(-1);
  if (!added) return [];
  return git('log', '--no-merges', '--format=%h%n%B%x00', `${added}..HEAD`)
    .split('\0')
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map((entry) => {
      const [id = '', ...message] = entry.split('\n');
      return { id, message: message.join('\n') };
    });
}

function say(/** @type {string} */ line) {
  process.stderr.write(`${line}\n`);
}

function main(/** @type {string[]} */ args) {
  const [option, file = ''] = args;
  const root = process.cwd();
  const own = relative(root, fileURLToPath(import.meta.url));
  const commits =
    option === '--message' ? [{ id: 'message', message: readFileSync(file, 'utf8') }] : commitsSince(root, own);
  const refused = commits.filter(({ message }) => faultsOf(message).length > 0);
  for (const { id, message } of refused) {
    say(`${id} ${message.split('\n')[0]}`);
    for (const fault of faultsOf(message)) say(`  ${fault}`);
  }
  return refused.length === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  process.exitCode = main(process.argv.slice(2));
}
