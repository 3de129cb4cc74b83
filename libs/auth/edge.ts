// What every node loads of this module: its contract and its REST routes, over the bus.
import { Module } from '@nestjs/common';
import { Bus } from '@mono/bus';
import type { FeatureEdge } from '@mono/platform';
import { AuthApi, AuthBusClient, authContracts, authEvents, RememberedKeys } from './contract/index.js';
import { AccessChanges } from './src/bus/access-changes.js';
import { ApiKeysController } from './src/http/api-keys.controller.js';
import { WorkspacesController } from './src/http/workspaces.controller.js';

export { BearerAuthenticator } from './src/http/bearer-authenticator.js';

/** Where the module runs, and where it does not. */
export const authControllers = [ApiKeysController, WorkspacesController, AccessChanges];

@Module({})
class AuthEdge {}

export const authEdge: FeatureEdge = {
  name: 'auth',
  settings: {},
  contracts: authContracts,
  audited: [authEvents],
  module: {
    module: AuthEdge,
    controllers: authControllers,
    providers: [
      RememberedKeys,
      {
        provide: AuthApi,
        useFactory: (bus: Bus, remembered: RememberedKeys) => new AuthBusClient(bus, remembered),
        inject: [Bus, RememberedKeys],
      },
    ],
    exports: [AuthApi],
  },
};
