// Options that grant rights have no default: a person at a terminal is asked, a script must name them. Deletions are confirmed.
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

export interface Terminal {
  input: Readable & { isTTY?: boolean };
  output: Writable;
}

export interface Question {
  /** As typed on the command line: `--role`. */
  option: string;
  /** The expected values, in words. */
  expected: string;
}

const PROCESS: Terminal = { input: process.stdin, output: process.stderr };

/**
 * @param given the value of the option, if there is one.
 * @throws Error that names the option: without a terminal, or for an empty answer.
 */
export async function askUnlessGiven(
  given: string | undefined,
  { option, expected }: Question,
  terminal: Terminal = PROCESS,
): Promise<string> {
  if (given !== undefined && given.trim() !== '') return given.trim();
  const answer = await ask(`${option} (${expected}): `, terminal);
  if (answer) return answer;
  throw new Error(`Missing ${option}: expected ${expected}.`);
}

/**
 * Lets a person type the name of the thing that a command deletes.
 * @param yes confirmed on the command line, as scripts do.
 * @throws Error for another answer, and without a terminal.
 */
export async function confirmDeletion(
  name: string,
  yes: boolean,
  consequence: string,
  terminal: Terminal = PROCESS,
): Promise<void> {
  if (yes) return;
  const answer = await ask(`${consequence}\nType ${JSON.stringify(name)} to confirm: `, terminal);
  if (answer === undefined) throw new Error('Not confirmed: pass --yes to delete without a terminal.');
  if (answer !== name.trim()) throw new Error(`Not confirmed: expected ${JSON.stringify(name)}. Nothing was deleted.`);
}

/** @returns the answer without white space around it; undefined without a terminal. */
async function ask(prompt: string, { input, output }: Terminal): Promise<string | undefined> {
  if (input.isTTY !== true) return undefined;
  const terminal = createInterface({ input, output });
  try {
    return (await terminal.question(prompt)).trim();
  } finally {
    terminal.close();
  }
}
