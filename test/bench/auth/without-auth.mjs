// Loaded into the built server before it starts (`node --import`): calls with `Bearer without …` get the principal of
// WITHOUT_AUTH without verification; all others are verified as usual, so that both are measured in one process. For a
// benchmark only; the product has no such mode.
import { BearerAuthenticator } from '@mono/auth/feature';

const principal = Promise.resolve(JSON.parse(process.env['WITHOUT_AUTH'] ?? '{}'));
const inner = Object.getOwnPropertyDescriptor(BearerAuthenticator.prototype, 'authenticate')?.value;

/** @param {import('@mono/platform').Credentials} credentials */
BearerAuthenticator.prototype.authenticate = function authenticate(credentials) {
  return credentials.authorization?.startsWith('Bearer without') ? principal : inner.call(this, credentials);
};
