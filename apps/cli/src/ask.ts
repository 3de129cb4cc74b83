// Options that grant rights have no default: a person at a terminal is asked, a script must name them.
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
  { input, output }: Terminal = PROCESS,
): Promise<string> {
  if (given !== undefined && given.trim() !== '') return given.trim();
  if (input.isTTY === true) {
    const terminal = createInterface({ input, output });
    try {
      const answer = (await terminal.question(`${option} (${expected}): `)).trim();
      if (answer !== '') return answer;
    } finally {
      terminal.close();
    }
  }
  throw new Error(`Missing ${option}: expected ${expected}.`);
}
