// The door of the auth module for apps: what it needs and gives.
import { Module, type DynamicModule } from '@nestjs/common';
import type { Database } from '@mono/platform';
import { AuthApi } from './contract/index.js';
import { Initial1763676000000 } from './src/persistence/migrations/1763676000000-initial.js';
import { VerifyApiKey } from './src/verify/verify-api-key.js';

export { bootstrapWorkspace } from './src/bootstrap/bootstrap-workspace.js';
export { BearerAuthenticator } from './src/http/bearer-authenticator.js';
export { API_KEY_FORM, makeApiKey } from './src/domain/api-key.js';

export const authMigrations = [Initial1763676000000];

@Module({})
export class AuthModule {
  static forRoot({ database }: { database: Database }): DynamicModule {
    return {
      module: AuthModule,
      providers: [{ provide: AuthApi, useValue: new VerifyApiKey(database) satisfies AuthApi }],
      exports: [AuthApi],
    };
  }
}
