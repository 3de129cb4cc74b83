// For tests: the auth module on a migrated database, with the links that mails would carry.
import { Test, type TestingModule } from '@nestjs/testing';
import type { Type } from '@nestjs/common';
import type { Bus } from '@mono/bus';
import { clientOf, type CallContext, type ClientOf, type PublicContext } from '@mono/contract';
import { UNLIMITED, type Throttle } from '@mono/platform';
import { localBus, nodeForTests, serve } from '@mono/platform/testing';
import {
  accountsOperations,
  identitiesOperations,
  invitesOperations,
  membersOperations,
  meOperations,
  operatorsOperations,
  personalTokensOperations,
  usersOperations,
  workspacesOperations,
  type LinkKind,
} from '../contract/index.js';
import { AuthModule } from '../module.js';
import { Passwords } from '../src/passwords/passwords.js';
import { EvenTime } from '../src/users/even-time.js';
import { createAuthWorld, type AuthWorld } from './auth-world.js';

const operations = {
  ...accountsOperations,
  ...meOperations,
  ...personalTokensOperations,
  ...identitiesOperations,
  ...usersOperations,
  ...workspacesOperations,
  ...membersOperations,
  ...invitesOperations,
  ...operatorsOperations,
};
export const SETTINGS = {
  SECRET_KEY: ['a secret of tests, long enough for all'],
  PUBLIC_URL: 'https://mono.example.com',
};

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

class NoTime extends EvenTime {
  protected override pass(): Promise<void> {
    return Promise.resolve();
  }
}

export class UsersWorld {
  readonly client: ClientOf<typeof operations>;
  private people = 0;

  private constructor(
    readonly world: AuthWorld,
    readonly module: TestingModule,
    /** Serves all operations of the module. */
    readonly bus: Bus,
    readonly passwords: HeldPasswords,
  ) {
    this.client = clientOf(bus, operations);
  }

  static async create(throttle: Throttle = UNLIMITED, settings: object = {}): Promise<UsersWorld> {
    const world = await createAuthWorld();
    const bus = localBus();
    const node = nodeForTests({
      databases: { auth: world.database },
      bus,
      settings: { auth: { ...SETTINGS, ...settings } },
      throttle,
      publicUrl: SETTINGS.PUBLIC_URL,
    });
    const passwords = new HeldPasswords();
    const module = await Test.createTestingModule({ imports: [node, AuthModule] })
      .overrideProvider(Passwords)
      .useValue(passwords)
      .overrideProvider(EvenTime)
      .useClass(NoTime)
      .compile();
    for (const controller of Reflect.getMetadata('controllers', AuthModule) as Type<object>[])
      serve(bus, module.get(controller));
    return new UsersWorld(world, module, bus, passwords);
  }

  newAddress(): string {
    this.people += 1;
    return `person${this.people}@example.com`;
  }

  /** A user with a verified address. */
  async person(): Promise<Person> {
    const email = this.newAddress();
    await this.client.signUp({ email, password: PASSWORD, name: 'Ada' }, STRANGER);
    await this.client.verifyEmail({ token: await this.token('verify', email) }, STRANGER);
    return this.signIn(email, PASSWORD);
  }

  async signIn(email: string, password: string): Promise<Person> {
    const { access_token } = await this.client.signIn({ email, password }, STRANGER);
    const principal = await this.client.verifyToken({ token: access_token });
    return { id: principal.id, email, context: { principal, requestId: 'test', source: '192.0.2.1' } };
  }

  /** The links of the kind to the address, in the order in which they were made; of one that leads nowhere null. */
  async tokens(kind: LinkKind, address: string): Promise<(string | null)[]> {
    const rows = await this.world.database.query<{ id: string }>(
      'SELECT id FROM auth.email_token WHERE kind = $1 AND address = $2 ORDER BY id',
      [kind, address],
    );
    const links = await Promise.all(rows.map(({ id }) => this.client.emailLink({ token_id: id })));
    return links.map(({ url }) => (url === null ? null : new URL(url).searchParams.get('token')));
  }

  /** The token in the link that was sent last. */
  async token(kind: LinkKind, address: string): Promise<string> {
    const token = (await this.tokens(kind, address)).at(-1);
    if (typeof token !== 'string') throw new Error(`There is no ${kind} to ${address}.`);
    return token;
  }

  async end(): Promise<void> {
    await this.module.close();
    await this.world.end();
  }
}
