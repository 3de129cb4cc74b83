// Loaded into the built server before it starts (`node --import`): whoever calls is let in as the principal of WITHOUT_AUTH,
// without a look at any credential. For a benchmark only; the product has no such mode.
import { BearerAuthenticator } from '@mono/auth/edge';

const principal = Promise.resolve(JSON.parse(process.env['WITHOUT_AUTH'] ?? '{}'));

BearerAuthenticator.prototype.authenticate = () => principal;
