// The users of the account CLIENTS: outside clients of the API, kept in a file that the server includes.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

const NAME = /^[a-z][a-z0-9-]{0,62}$/;
const HEAD = `# Written by \`npx mono nats-user\`: the outside clients. Holds passwords.\nusers = `;

interface User {
  user: string;
  password: string;
  permissions: { publish: { allow: string[] }; subscribe: { allow: string[] } };
}

export interface NatsClient {
  name: string;
  /** Shown once. */
  password: string;
  /** Its client library must use it: the user may subscribe to nothing else. */
  inboxPrefix: string;
}

/** The prefix of a client's own inbox. */
export function inboxPrefixOf(name: string): string {
  return `_INBOX_${name}`;
}

/** For calls of the API, its replies, and what is pushed to the client. */
function permissionsOf(name: string): User['permissions'] {
  return { publish: { allow: ['api.>'] }, subscribe: { allow: [`${inboxPrefixOf(name)}.>`, `push.${name}.>`] } };
}

/** Those of users that were made before anything was pushed. */
function firstPermissionsOf(name: string): User['permissions'] {
  return { publish: { allow: ['api.>'] }, subscribe: { allow: [`${inboxPrefixOf(name)}.>`] } };
}

export class NatsClients {
  constructor(private readonly file: string) {}

  /** Makes the file, where it is missing. Users of earlier releases get the permission that they lack. */
  ensure(): void {
    const users = this.read();
    const isOld = users.map(({ permissions, user }) => isDeepStrictEqual(permissions, firstPermissionsOf(user)));
    if (existsSync(this.file) && !isOld.includes(true)) return;
    for (const [at, user] of users.entries()) if (isOld[at]) user.permissions = permissionsOf(user.user);
    this.write(users);
  }

  names(): string[] {
    return this.read().map(({ user }) => user);
  }

  /** @throws TypeError for an invalid name; Error for a name in use. */
  add(name: string): NatsClient {
    if (!NAME.test(name))
      throw new TypeError('Invalid name: expected lower-case letters, digits and -, beginning with a letter.');
    const users = this.read();
    if (name === 'mono' || users.some(({ user }) => user === name)) throw new Error(`The user ${name} exists already.`);
    // It begins with a letter: nats.conf would read 1e5… as a number.
    const password = `c${randomBytes(24).toString('hex')}`;
    const inboxPrefix = inboxPrefixOf(name);
    this.write([...users, { user: name, password, permissions: permissionsOf(name) }]);
    return { name, password, inboxPrefix };
  }

  /** @returns whether there was one. */
  remove(name: string): boolean {
    const users = this.read();
    const others = users.filter(({ user }) => user !== name);
    if (others.length === users.length) return false;
    this.write(others);
    return true;
  }

  private read(): User[] {
    if (!existsSync(this.file)) return [];
    const text = readFileSync(this.file, 'utf8');
    return JSON.parse(text.slice(text.indexOf('=') + 1)) as User[];
  }

  /** nats.conf takes JSON for its values. */
  private write(users: readonly User[]): void {
    const partial = `${this.file}.partial`;
    writeFileSync(partial, `${HEAD}${JSON.stringify(users, null, 2)}\n`, { mode: 0o600 });
    renameSync(partial, this.file);
  }
}
