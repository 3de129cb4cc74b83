// What every node loads of this module: its contract and its REST routes, over the bus.
import { Module } from '@nestjs/common';
import { Bus } from '@mono/bus';
import type { FeatureEdge } from '@mono/platform';
import {
  apiKeysOperations,
  authEvents,
  IdentitiesApi,
  IdentitiesBusClient,
  identitiesContracts,
  invitesOperations,
  KeyVerifier,
  membersOperations,
  RememberedKeys,
  RememberedUsers,
  UsersApi,
  UsersBusClient,
  usersContracts,
  workspacesOperations,
} from './contract/index.js';
import { AccessChanges } from './src/bus/access-changes.js';
import { AccountsController } from './src/http/accounts.controller.js';
import { IdentitiesController } from './src/http/identities.controller.js';
import { JwksController } from './src/http/jwks.controller.js';
import { LinksController } from './src/http/links.controller.js';
import { MeController } from './src/http/me.controller.js';
import { ProviderReturnController } from './src/http/provider-return.controller.js';
import { ProvidersController } from './src/http/providers.controller.js';
import { faultsOfIdentities, identitiesSettings } from './src/identities/identities-settings.js';
import { usersSettings } from './src/users/users-settings.js';

export { BearerAuthenticator } from './src/http/bearer-authenticator.js';

/** Where the module runs, and where it does not. */
export const authControllers = [
  AccountsController,
  MeController,
  LinksController,
  ProvidersController,
  ProviderReturnController,
  IdentitiesController,
  JwksController,
  AccessChanges,
];

@Module({})
class AuthEdge {}

const authSettings = { ...usersSettings, ...identitiesSettings };

export const authEdge: FeatureEdge<typeof authSettings> = {
  name: 'auth',
  settings: authSettings,
  faults: faultsOfIdentities,
  tags: {
    workspaces: 'Workspaces, the tenants: everything belongs to one.',
    members: 'Members of a workspace and their roles.',
    invites: 'Invites to a workspace.',
    'api keys': 'Credentials of programs.',
    auth: 'Sign-up, sign-in and sign-out; passwords and addresses.',
    me: 'The signed-in user.',
  },
  contracts: [...usersContracts, ...identitiesContracts],
  operations: [apiKeysOperations, workspacesOperations, membersOperations, invitesOperations],
  audited: [authEvents],
  module: {
    module: AuthEdge,
    controllers: authControllers,
    providers: [
      RememberedKeys,
      RememberedUsers,
      {
        provide: KeyVerifier,
        useFactory: (bus: Bus, remembered: RememberedKeys) => new KeyVerifier(bus, remembered),
        inject: [Bus, RememberedKeys],
      },
      {
        provide: UsersApi,
        useFactory: (bus: Bus, remembered: RememberedUsers) => new UsersBusClient(bus, remembered),
        inject: [Bus, RememberedUsers],
      },
      { provide: IdentitiesApi, useFactory: (bus: Bus) => new IdentitiesBusClient(bus), inject: [Bus] },
    ],
    exports: [KeyVerifier, UsersApi, IdentitiesApi],
  },
};
