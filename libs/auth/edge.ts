// What every node loads of this module: its contract, and its API over the bus.
import { Module } from '@nestjs/common';
import { Bus } from '@mono/bus';
import type { FeatureEdge } from '@mono/platform';
import { AuthApi, AuthBusClient, authContracts } from './contract/index.js';

export { BearerAuthenticator } from './src/http/bearer-authenticator.js';

@Module({})
class AuthEdge {}

export const authEdge: FeatureEdge = {
  name: 'auth',
  settings: {},
  contracts: authContracts,
  module: {
    module: AuthEdge,
    providers: [{ provide: AuthApi, useFactory: (bus: Bus) => new AuthBusClient(bus), inject: [Bus] }],
    exports: [AuthApi],
  },
};
