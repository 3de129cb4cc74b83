// The pages that end a sign-in with a provider, where the application has named no URL to return to.
import { escape, messagePage, page } from './link-page.js';

const FAILURES: Readonly<Record<string, string>> = {
  access_denied: 'You did not allow the provider to confirm your identity.',
  unavailable: 'The provider is unavailable. Try again later.',
  sign_in_invalid: 'This sign-in is invalid or has expired. Start again.',
};

/** The code signs in the program that started the sign-in: the page warns against giving it to others. */
export function codePage(code: string): string {
  return page(
    'Almost there',
    `<p>Copy this code into the program in which you started to sign in. It works for two minutes.</p><p><code>${escape(code)}</code></p><p>Did you not start to sign in? Then give the code to nobody, and close this page.</p>`,
  );
}

export function failurePage(error: string | null): string {
  return messagePage('Sign-in failed', FAILURES[error ?? ''] ?? 'The provider did not confirm your identity.');
}
