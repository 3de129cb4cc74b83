// The auth module where it runs: use cases, handlers, and what runs beside them.
import { Module } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import {
  Background,
  Database,
  type FeatureModule,
  type FeatureParts,
  makePruning,
  makeRelay,
  Periodic,
  pruneIdempotency,
  type Work,
} from '@mono/platform';
import { IdentitiesApi, KeyVerifier, RememberedKeys, RememberedUsers, UsersApi } from './contract/index.js';
import { authControllers, authEdge } from './edge.js';
import { VerifyAccessToken } from './src/access/verify-access-token.js';
import { ApiKeysController, ENVIRONMENT } from './src/api-keys/api-keys.controller.js';
import { LastUsed } from './src/api-keys/last-used.js';
import { IdentitiesHandlers } from './src/bus/identities.handlers.js';
import { UsersHandlers } from './src/bus/users.handlers.js';
import { makeIdentities } from './src/identities/make-identities.js';
import { ApiKeys1763770000000 } from './src/persistence/migrations/1763770000000-api-keys.js';
import { InvitesController } from './src/members/invites.controller.js';
import { MembersController } from './src/members/members.controller.js';
import { Passwords } from './src/passwords/passwords.js';
import { Initial1763676000000 } from './src/persistence/migrations/1763676000000-initial.js';
import { Workspaces1763775000000 } from './src/persistence/migrations/1763775000000-workspaces.js';
import { Users1763780000000 } from './src/persistence/migrations/1763780000000-users.js';
import { Identities1763790000000 } from './src/persistence/migrations/1763790000000-identities.js';
import { InvitesOfWorkspace1763795000000 } from './src/persistence/migrations/1763795000000-invites-of-workspace.js';
import { OutboxPlaces1764300000000 } from './src/persistence/migrations/1764300000000-outbox-places.js';
import { pruneUsers } from './src/persistence/prune-users.js';
import { EmailLinks } from './src/users/email-links.js';
import { makeUsers, type Users } from './src/users/make-users.js';
import { THROTTLE } from './src/users/users-parts.js';
import { DEFAULT_ISSUER } from './src/users/users-settings.js';
import { VerifyApiKey } from './src/verify/verify-api-key.js';
import { VerifyController } from './src/verify/verify.controller.js';
import { WorkspacesController } from './src/workspaces/workspaces.controller.js';

export { ApiKeysController } from './src/api-keys/api-keys.controller.js';
export { bootstrapWorkspace } from './src/bootstrap/bootstrap-workspace.js';
export { findAllWorkspaces, findDefaultWorkspaceId, insertWorkspace } from './src/persistence/workspaces.js';
export { findAllUsers } from './src/persistence/users.js';
export { createUser } from './src/users/create-user.js';

type Parts = FeatureParts<typeof authEdge.settings>;

const LAST_USED_INTERVAL_MS = 5_000;
const SIGNING_KEYS_INTERVAL_MS = 60 * 60 * 1_000;

/** What was noted last is written before the connections go. */
class AuthBackground extends Background {
  constructor(
    work: readonly Work[],
    private readonly lastUsed: LastUsed,
  ) {
    super(work);
  }

  override async onApplicationShutdown(): Promise<void> {
    await super.onApplicationShutdown();
    await this.lastUsed.flush().catch(() => undefined);
  }
}

@Module({})
class AuthModule {}

export const authModule: FeatureModule<typeof authEdge.settings> = {
  edge: authEdge,
  migrations: [
    Initial1763676000000,
    ApiKeys1763770000000,
    Workspaces1763775000000,
    Users1763780000000,
    Identities1763790000000,
    InvitesOfWorkspace1763795000000,
    OutboxPlaces1764300000000,
  ],
  create(parts) {
    const { database, environment, publicUrl, settings } = parts;
    const signal = new OutboxSignal();
    const relay = makeRelay('auth', parts, signal);
    const remembered = new RememberedKeys();
    const lastUsed = new LastUsed(database);
    const verify = new VerifyApiKey(database, remembered, (keyId) => lastUsed.note(keyId));
    const rememberedUsers = new RememberedUsers();
    const users = makeUsers({
      database,
      signal,
      remembered: rememberedUsers,
      throttle: parts.throttle,
      secretKeys: settings.SECRET_KEY ?? [],
      issuer: settings.PUBLIC_URL ?? DEFAULT_ISSUER,
      publicUrl,
      signUpEnabled: settings.SIGN_UP_ENABLED,
    });
    const identities = makeIdentities({
      users: users.parts,
      settings,
      secretKeys: settings.SECRET_KEY ?? [],
      publicUrl,
      logger: parts.logger,
    });
    return {
      module: AuthModule,
      controllers: [
        ...authControllers,
        VerifyController,
        ApiKeysController,
        UsersHandlers,
        IdentitiesHandlers,
        WorkspacesController,
        MembersController,
        InvitesController,
      ],
      providers: [
        { provide: RememberedKeys, useValue: remembered },
        { provide: VerifyApiKey, useValue: verify },
        { provide: KeyVerifier, useExisting: VerifyApiKey },
        { provide: ENVIRONMENT, useValue: environment },
        { provide: RememberedUsers, useValue: rememberedUsers },
        { provide: UsersApi, useValue: users.useCases },
        { provide: IdentitiesApi, useValue: identities },
        { provide: Database, useValue: database },
        { provide: OutboxSignal, useValue: signal },
        { provide: EmailLinks, useValue: users.parts.links },
        { provide: Passwords, useValue: users.parts.passwords },
        { provide: THROTTLE, useValue: parts.throttle },
        { provide: VerifyAccessToken, useValue: users.verifier },
        {
          provide: Background,
          useValue: new AuthBackground([relay, ...makePeriodic(parts, lastUsed, users)], lastUsed),
        },
      ],
      exports: [KeyVerifier, UsersApi, IdentitiesApi],
    };
  },
};

function makePeriodic(parts: Parts, lastUsed: LastUsed, { signingKeys }: Users): Periodic[] {
  const { database, logger } = parts;
  return [
    new Periodic(() => signingKeys.prepare(), {
      intervalMs: SIGNING_KEYS_INTERVAL_MS,
      atOnce: true,
      onError: (error) => logger.warn({ err: error }, 'The next signing key could not be made'),
    }),
    makePruning(parts, 'Old idempotency keys', () => pruneIdempotency(database, 'auth')),
    makePruning(parts, 'Ended sessions and links', () => pruneUsers(database)),
    new Periodic(() => lastUsed.flush(), {
      intervalMs: LAST_USED_INTERVAL_MS,
      onError: (error) => logger.warn({ err: error }, 'The last use of keys could not be noted'),
    }),
  ];
}
