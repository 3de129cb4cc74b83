// Refuses passwords that are guessed soon: by an estimate that knows common passwords, words, names and keyboards.
import { Injectable } from '@nestjs/common';
import { InvalidInputError } from '@mono/contract';
import { StrengthThread } from './strength-thread.js';

/** The scale of zxcvbn: 3 is at least 10^8 guesses, far beyond what the limits of attempts allow. */
const LEAST_SCORE = 3;
/** The rest only makes a password stronger; an estimate costs more than its length. */
const CONSIDERED_CHARACTERS = 64;
const ADVICE = 'use several unrelated words, or a password manager';

const thread = new StrengthThread();

/** The person whose password it is. */
export interface PasswordOwner {
  email?: string | undefined;
  name?: string | undefined;
}

@Injectable()
export class PasswordStrength {
  /**
   * @param field that the password was sent in.
   * @throws InvalidInputError for a password that is easy to guess; UnavailableError when too many are checked.
   */
  async requireStrong(password: string, field: string, owner: PasswordOwner = {}): Promise<void> {
    const considered = password.normalize('NFKC').slice(0, CONSIDERED_CHARACTERS);
    const { score, warning } = await thread.estimate({ password: considered, about: wordsAbout(owner) });
    if (score >= LEAST_SCORE) return;
    const reasons = [...(warning === '' ? [] : [clauseOf(warning)]), ADVICE];
    throw new InvalidInputError([{ field, issue: `is too easy to guess: ${reasons.join('; ')}` }]);
  }
}

function wordsAbout({ email = '', name = '' }: PasswordOwner): string[] {
  const parts = [email.split('@'), email.split(/[@.]/), name.split(/\s+/)].flat();
  return ['mono', email, name, ...parts].filter((word) => word.length > 1);
}

function clauseOf(sentence: string): string {
  return (sentence.charAt(0).toLowerCase() + sentence.slice(1)).replace(/\.$/, '');
}
