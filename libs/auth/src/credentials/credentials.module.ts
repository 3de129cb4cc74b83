// Authentication of callers, on every node: verdicts on credentials, asked over the bus and remembered for some seconds.
import { Global, Module } from '@nestjs/common';
import { Bus } from '@mono/bus';
import { Authenticator } from '@mono/platform';
import {
  KeyVerifier,
  PersonalTokenVerifier,
  RememberedKeys,
  RememberedPersonalTokens,
  RememberedUsers,
  TokenVerifier,
} from '../../contract/index.js';
import { AccessChanges } from './access-changes.js';
import { BearerAuthenticator } from './bearer-authenticator.js';

@Global()
@Module({
  controllers: [AccessChanges],
  providers: [
    RememberedKeys,
    RememberedUsers,
    RememberedPersonalTokens,
    {
      provide: KeyVerifier,
      inject: [Bus, RememberedKeys],
      useFactory: (bus: Bus, remembered: RememberedKeys) => new KeyVerifier(bus, remembered),
    },
    {
      provide: TokenVerifier,
      inject: [Bus, RememberedUsers],
      useFactory: (bus: Bus, remembered: RememberedUsers) => new TokenVerifier(bus, remembered),
    },
    {
      provide: PersonalTokenVerifier,
      inject: [Bus, RememberedPersonalTokens],
      useFactory: (bus: Bus, remembered: RememberedPersonalTokens) => new PersonalTokenVerifier(bus, remembered),
    },
    BearerAuthenticator,
    { provide: Authenticator, useExisting: BearerAuthenticator },
  ],
  exports: [RememberedKeys, RememberedUsers, RememberedPersonalTokens, BearerAuthenticator, Authenticator],
})
export class CredentialsModule {}
