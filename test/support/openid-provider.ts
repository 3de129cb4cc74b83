// A real OpenID provider in its own process: `node test/support/openid-provider.ts` prints its issuer on one line. A test
// defines people by `POST /people`; the login is the subject.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { Provider, type Configuration } from 'oidc-provider';
import type { Person } from './openid-process.ts';

const people = new Map<string, Person>();
const { CLIENT_ID = '', CLIENT_SECRET = '', REDIRECT_URI = '', CLAIMS_IN_ID_TOKEN = '' } = process.env;

const configuration: Configuration = {
  clients: [{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: [REDIRECT_URI] }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  // Without it, the ID token contains the subject only, and the other claims must be requested.
  conformIdTokenClaims: CLAIMS_IN_ID_TOKEN !== 'true',
  pkce: { required: () => true },
  cookies: { keys: ['of tests'] },
  findAccount: (_context, subject) => {
    const { email, verified, name } = people.get(subject) ?? {};
    return {
      accountId: subject,
      claims: () => Promise.resolve({ sub: subject, email, email_verified: verified, name }),
    };
  },
};

const server = createServer((request, response) => {
  if (request.url !== '/people') {
    void handle(request, response);
    return;
  }
  void learn(request).finally(() => response.end());
});

async function learn(request: IncomingMessage): Promise<void> {
  const person = (await json(request)) as Person;
  people.set(person.subject, person);
}

server.listen(0, '127.0.0.1');
await new Promise((resolve) => {
  server.once('listening', resolve);
});
const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const handle = new Provider(issuer, configuration).callback();
process.stdout.write(`issuer ${issuer}\n`);
