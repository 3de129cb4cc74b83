// The auth module where it runs.
import { Module } from '@nestjs/common';
import type { FeatureModule } from '@mono/platform';
import { AuthApi } from './contract/index.js';
import { authEdge } from './edge.js';
import { AuthHandlers } from './src/bus/auth.handlers.js';
import { Initial1763676000000 } from './src/persistence/migrations/1763676000000-initial.js';
import { VerifyApiKey } from './src/verify/verify-api-key.js';

export { bootstrapWorkspace } from './src/bootstrap/bootstrap-workspace.js';

@Module({})
class AuthModule {}

export const authModule: FeatureModule = {
  edge: authEdge,
  migrations: [Initial1763676000000],
  create: ({ database }) => ({
    module: AuthModule,
    controllers: [AuthHandlers],
    providers: [
      { provide: VerifyApiKey, useValue: new VerifyApiKey(database) },
      { provide: AuthApi, useExisting: VerifyApiKey },
    ],
    exports: [AuthApi],
  }),
};
