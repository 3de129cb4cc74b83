// Loaded into the built server before it starts (`node --import`): whoever calls with `Bearer without …` is let in as the
// principal of WITHOUT_AUTH, without a look at any credential; all others are verified as ever, so that both are measured in
// one process. For a benchmark only; the product has no such mode.
import { BearerAuthenticator } from '@mono/auth/feature';

const principal = Promise.resolve(JSON.parse(process.env['WITHOUT_AUTH'] ?? '{}'));
const inner = Object.getOwnPropertyDescriptor(BearerAuthenticator.prototype, 'authenticate')?.value;

/** @param {import('@mono/platform').Credentials} credentials */
BearerAuthenticator.prototype.authenticate = function authenticate(credentials) {
  return credentials.authorization?.startsWith('Bearer without') ? principal : inner.call(this, credentials);
};
