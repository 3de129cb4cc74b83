// What a browser shows that came back from a provider, where no application waits for it.
import { escape, messagePage, page } from './link-page.js';

const FAILURES: Readonly<Record<string, string>> = {
  access_denied: 'You did not let the provider tell who you are.',
  unavailable: 'The provider does not answer at the moment. Begin anew in a while.',
  sign_in_invalid: 'This sign-in is not valid, or not any more: begin anew.',
};

/** Who has the code and began the sign-in is signed in: nobody else shall be told it. */
export function codePage(code: string): string {
  return page(
    'Almost there',
    `<p>Copy this code into the program in which you began to sign in. It is good for two minutes.</p><p><code>${escape(code)}</code></p><p>You did not begin to sign in? Then give it to nobody, whoever asks, and close this page.</p>`,
  );
}

export function failurePage(error: string | null): string {
  return messagePage('That did not work', FAILURES[error ?? ''] ?? 'The provider did not confirm who you are.');
}
