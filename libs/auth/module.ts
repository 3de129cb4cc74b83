// The auth module where it runs: use cases, handlers, and what runs beside them.
import { Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { OutboxRelay, OutboxSignal } from '@mono/bus';
import { Periodic, pruneIdempotency, watchOutbox, type FeatureModule, type FeatureParts } from '@mono/platform';
import { AuthApi, IdentitiesApi, MembersApi, RememberedKeys, RememberedUsers, UsersApi } from './contract/index.js';
import { authControllers, authEdge } from './edge.js';
import { VerifyAccessToken } from './src/access/verify-access-token.js';
import { ApiKeys } from './src/api-keys/api-keys.js';
import { LastUsed } from './src/api-keys/last-used.js';
import { AuthUseCases } from './src/auth-use-cases.js';
import { ApiKeysHandlers } from './src/bus/api-keys.handlers.js';
import { AuthHandlers } from './src/bus/auth.handlers.js';
import { IdentitiesHandlers } from './src/bus/identities.handlers.js';
import { MembersHandlers } from './src/bus/members.handlers.js';
import { UsersHandlers } from './src/bus/users.handlers.js';
import { WorkspacesHandlers } from './src/bus/workspaces.handlers.js';
import { makeIdentities } from './src/identities/make-identities.js';
import { ApiKeys1763770000000 } from './src/persistence/migrations/1763770000000-api-keys.js';
import { Members } from './src/members/members.js';
import { MembersUseCases } from './src/members/members-use-cases.js';
import { Initial1763676000000 } from './src/persistence/migrations/1763676000000-initial.js';
import { Workspaces1763775000000 } from './src/persistence/migrations/1763775000000-workspaces.js';
import { Users1763780000000 } from './src/persistence/migrations/1763780000000-users.js';
import { Identities1763790000000 } from './src/persistence/migrations/1763790000000-identities.js';
import { InvitesOfWorkspace1763795000000 } from './src/persistence/migrations/1763795000000-invites-of-workspace.js';
import { pruneUsers } from './src/persistence/prune-users.js';
import { makeUsers, type Users } from './src/users/make-users.js';
import { DEFAULT_PUBLIC_URL } from './src/users/users-settings.js';
import { VerifyApiKey } from './src/verify/verify-api-key.js';
import { Workspaces } from './src/workspaces/workspaces.js';

export { ApiKeys } from './src/api-keys/api-keys.js';
export { bootstrapWorkspace } from './src/bootstrap/bootstrap-workspace.js';
export { findAllWorkspaces, findDefaultWorkspaceId } from './src/persistence/workspaces.js';
export { findAllUsers } from './src/persistence/users.js';
export { createUser } from './src/users/create-user.js';
export { Workspaces } from './src/workspaces/workspaces.js';

type Parts = FeatureParts<typeof authEdge.settings>;

const DUPLICATE_WINDOW_MS = 10 * 60 * 1_000;
const PRUNING_INTERVAL_MS = 10 * 60 * 1_000;
const LAST_USED_INTERVAL_MS = 5_000;
const SIGNING_KEYS_INTERVAL_MS = 60 * 60 * 1_000;

/** Starts what runs beside the requests, and stops it before the connections go. */
class Background implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly relay: OutboxRelay,
    private readonly periodic: readonly Periodic[],
    private readonly lastUsed: LastUsed,
  ) {}

  onModuleInit(): void {
    for (const work of [this.relay, ...this.periodic]) work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.relay, ...this.periodic].map((work) => work.stop()));
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
  ],
  create(parts) {
    const { database, environment, settings } = parts;
    const signal = new OutboxSignal();
    const relay = makeRelay(parts, signal);
    const remembered = new RememberedKeys();
    const lastUsed = new LastUsed(database);
    const verify = new VerifyApiKey(database, remembered, (keyId) => lastUsed.note(keyId));
    const workspaces = new Workspaces(database, signal);
    const useCases = new AuthUseCases(verify, new ApiKeys(database, signal, environment), workspaces);
    const rememberedUsers = new RememberedUsers();
    const users = makeUsers({
      database,
      signal,
      remembered: rememberedUsers,
      throttle: parts.throttle,
      secretKeys: settings.SECRET_KEY ?? [],
      publicUrl: settings.PUBLIC_URL ?? DEFAULT_PUBLIC_URL,
      signUpEnabled: settings.SIGN_UP_ENABLED,
    });
    const identities = makeIdentities({
      users: users.parts,
      settings,
      secretKeys: settings.SECRET_KEY ?? [],
      publicUrl: settings.PUBLIC_URL ?? DEFAULT_PUBLIC_URL,
      logger: parts.logger,
    });
    const members = new MembersUseCases(workspaces, new Members(database, signal), users.invites);
    watchOutbox(parts.metrics, 'auth', relay, database);
    return {
      module: AuthModule,
      controllers: [
        ...authControllers,
        AuthHandlers,
        ApiKeysHandlers,
        WorkspacesHandlers,
        UsersHandlers,
        IdentitiesHandlers,
        MembersHandlers,
      ],
      providers: [
        { provide: RememberedKeys, useValue: remembered },
        { provide: VerifyApiKey, useValue: verify },
        { provide: AuthApi, useValue: useCases },
        { provide: RememberedUsers, useValue: rememberedUsers },
        { provide: UsersApi, useValue: users.useCases },
        { provide: IdentitiesApi, useValue: identities },
        { provide: MembersApi, useValue: members },
        { provide: VerifyAccessToken, useValue: users.verifier },
        { provide: Background, useValue: new Background(relay, makePeriodic(parts, lastUsed, users), lastUsed) },
      ],
      exports: [AuthApi, UsersApi, MembersApi, IdentitiesApi],
    };
  },
};

function makeRelay({ database, bus, connection, eventAgeMs, replicas, logger }: Parts, signal: OutboxSignal) {
  return new OutboxRelay({
    module: 'auth',
    pool: database.pool,
    connection,
    signal,
    stream: { module: 'auth', maxAgeMs: eventAgeMs, duplicateWindowMs: DUPLICATE_WINDOW_MS, replicas },
    logger,
    middleware: bus.host.middleware,
  });
}

function makePeriodic({ database, logger }: Parts, lastUsed: LastUsed, { signingKeys }: Users): Periodic[] {
  return [
    new Periodic(() => signingKeys.prepare(), {
      intervalMs: SIGNING_KEYS_INTERVAL_MS,
      atOnce: true,
      onError: (error) => logger.warn({ err: error }, 'The next signing key could not be made'),
    }),
    new Periodic(() => pruneIdempotency(database, 'auth'), {
      intervalMs: PRUNING_INTERVAL_MS,
      atOnce: true,
      onError: (error) => logger.warn({ err: error }, 'Old idempotency keys could not be pruned'),
    }),
    new Periodic(() => pruneUsers(database), {
      intervalMs: PRUNING_INTERVAL_MS,
      atOnce: true,
      onError: (error) => logger.warn({ err: error }, 'Ended sessions and links could not be pruned'),
    }),
    new Periodic(() => lastUsed.flush(), {
      intervalMs: LAST_USED_INTERVAL_MS,
      onError: (error) => logger.warn({ err: error }, 'The last use of keys could not be noted'),
    }),
  ];
}
