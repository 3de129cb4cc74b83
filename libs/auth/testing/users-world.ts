// For tests: the use cases about users on a migrated database, with the links that mails would carry.
import { OutboxSignal } from '@mono/bus/outbox';
import type { Bus } from '@mono/bus';
import { clientOf, type CallContext, type ClientOf, type PublicContext } from '@mono/contract';
import { UNLIMITED, type Throttle } from '@mono/platform';
import { localBus } from '@mono/platform/testing';
import {
  invitesOperations,
  membersOperations,
  RememberedUsers,
  workspacesOperations,
  type LinkKind,
} from '../contract/index.js';
import { InvitesController } from '../src/members/invites.controller.js';
import { MembersController } from '../src/members/members.controller.js';
import { Passwords } from '../src/passwords/passwords.js';
import { makeUsers, type Users } from '../src/users/make-users.js';
import { WorkspacesController } from '../src/workspaces/workspaces.controller.js';
import { createAuthWorld, type AuthWorld } from './auth-world.js';

const operations = { ...workspacesOperations, ...membersOperations, ...invitesOperations };

export const PASSWORD = 'correct horse battery staple';
export const STRANGER: PublicContext = { requestId: 'test', address: '192.0.2.1', userAgent: 'test' };

/** Runs `between` after the next comparison, before its outcome is known. */
export class HeldPasswords extends Passwords {
  between: (() => Promise<unknown>) | undefined;

  override async matches(password: string, stored: string | null | undefined): Promise<boolean> {
    const outcome = await super.matches(password, stored);
    const { between } = this;
    this.between = undefined;
    await between?.();
    return outcome;
  }
}

export interface Person {
  id: string;
  email: string;
  /** Signed in. */
  context: CallContext;
}

export class UsersWorld {
  readonly passwords = new HeldPasswords();
  readonly remembered = new RememberedUsers();
  readonly users: Users;
  /** Serves workspaces, members and invites. */
  readonly bus: Bus;
  readonly client: ClientOf<typeof operations>;
  private people = 0;

  private constructor(
    readonly world: AuthWorld,
    throttle: Throttle,
  ) {
    const { database } = world;
    const signal = new OutboxSignal();
    this.users = makeUsers({
      database,
      signal,
      remembered: this.remembered,
      throttle,
      secretKeys: ['a secret of tests, long enough for all'],
      issuer: 'https://mono.example.com',
      publicUrl: () => 'https://mono.example.com',
      signUpEnabled: true,
      passwords: this.passwords,
      evenMs: 0,
    });
    const { links, passwords } = this.users.parts;
    this.bus = localBus(
      new WorkspacesController(database, signal),
      new MembersController(database, signal),
      new InvitesController(database, signal, links, passwords, throttle, this.remembered),
    );
    this.client = clientOf(this.bus, operations);
  }

  static async create(throttle: Throttle = UNLIMITED): Promise<UsersWorld> {
    return new UsersWorld(await createAuthWorld(), throttle);
  }

  get useCases(): Users['useCases'] {
    return this.users.useCases;
  }

  newAddress(): string {
    this.people += 1;
    return `person${this.people}@example.com`;
  }

  /** Whose address is proven. */
  async person(): Promise<Person> {
    const email = this.newAddress();
    await this.useCases.signUp(STRANGER, { email, password: PASSWORD, name: 'Ada' });
    await this.useCases.verifyEmail(STRANGER, { token: await this.token('verify', email) });
    return this.signIn(email, PASSWORD);
  }

  async signIn(email: string, password: string): Promise<Person> {
    const { access_token } = await this.useCases.signIn(STRANGER, { email, password });
    const principal = await this.useCases.verifyToken(access_token, undefined);
    return { id: principal.id, email, context: { principal, requestId: 'test', source: '192.0.2.1' } };
  }

  /** The links of the kind to the address, in the order in which they were made; of one that leads nowhere null. */
  async tokens(kind: LinkKind, address: string): Promise<(string | null)[]> {
    const rows = await this.world.database.query<{ id: string }>(
      'SELECT id FROM auth.email_token WHERE kind = $1 AND address = $2 ORDER BY id',
      [kind, address],
    );
    const links = await Promise.all(rows.map(({ id }) => this.useCases.emailLink(id)));
    return links.map(({ url }) => (url === null ? null : new URL(url).searchParams.get('token')));
  }

  /** The token in the link that was sent last. */
  async token(kind: LinkKind, address: string): Promise<string> {
    const token = (await this.tokens(kind, address)).at(-1);
    if (typeof token !== 'string') throw new Error(`There is no ${kind} to ${address}.`);
    return token;
  }

  end(): Promise<void> {
    return this.world.end();
  }
}
