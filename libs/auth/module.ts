// The auth module where it runs.
import { Module } from '@nestjs/common';
import { ConfigModule, DatabaseModule, OutboxModule, RetryingDatabase } from '@mono/platform';
import { AccessController } from './src/access/access.controller.js';
import { accessProviders } from './src/access/access.providers.js';
import { ApiKeysController } from './src/api-keys/api-keys.controller.js';
import { LastUsed } from './src/api-keys/last-used.js';
import { authConfig } from './src/auth.config.js';
import { CredentialsModule } from './src/credentials/credentials.module.js';
import { IdentitiesController } from './src/identities/identities.controller.js';
import { ProviderSignInController } from './src/identities/provider-sign-in.controller.js';
import { ProvidersController } from './src/identities/providers.controller.js';
import { SignInProviders } from './src/identities/sign-in-providers.js';
import { InvitesController } from './src/members/invites.controller.js';
import { MembersController } from './src/members/members.controller.js';
import { TenancyController } from './src/operators/tenancy.controller.js';
import { UserAccountsController } from './src/operators/user-accounts.controller.js';
import { PasswordStrength } from './src/passwords/password-strength.js';
import { Passwords } from './src/passwords/passwords.js';
import { PersonalTokensController } from './src/personal-tokens/personal-tokens.controller.js';
import { VerifyPersonalTokenController } from './src/personal-tokens/verify-personal-token.controller.js';
import { WhoamiController } from './src/personal-tokens/whoami.controller.js';
import { Devices } from './src/users/devices.js';
import { EmailController } from './src/users/email.controller.js';
import { EmailLinks } from './src/users/email-links.js';
import { EmailLinksController } from './src/users/email-links.controller.js';
import { EvenTime } from './src/users/even-time.js';
import { FormerVisitsController } from './src/users/former-visits.controller.js';
import { MeController } from './src/users/me.controller.js';
import { NewAccounts } from './src/users/new-accounts.js';
import { PasswordCheck } from './src/users/password-check.js';
import { PasswordsController } from './src/users/passwords.controller.js';
import { Sessions } from './src/users/sessions.js';
import { SignInController } from './src/users/sign-in.controller.js';
import { SignInThrottle } from './src/users/sign-in-throttle.js';
import { SignUpController } from './src/users/sign-up.controller.js';
import { SignUpPolicy } from './src/users/sign-up-policy.js';
import { UsersPruning } from './src/users/users-pruning.js';
import { VerifyController } from './src/verify/verify.controller.js';
import { WorkspacesController } from './src/workspaces/workspaces.controller.js';

export { ApiKeysController } from './src/api-keys/api-keys.controller.js';
export { bootstrapWorkspace } from './src/bootstrap/bootstrap-workspace.js';
export { findOpenInvites } from './src/persistence/invites.js';
export {
  findAllWorkspaces,
  findDefaultWorkspaceId,
  insertWorkspace,
  readWorkspace,
} from './src/persistence/workspaces.js';
export { findAllUsers } from './src/persistence/users.js';
export { createOperators, type Operators } from './src/operators/create-operators.js';
export { PasswordStrength } from './src/passwords/password-strength.js';
export { createUser } from './src/users/create-user.js';

@Module({
  imports: [
    ConfigModule.forFeature(authConfig),
    DatabaseModule.forFeature({ module: 'auth', idempotency: true }),
    OutboxModule.forFeature({ module: 'auth' }),
    CredentialsModule,
  ],
  controllers: [
    SignUpController,
    SignInController,
    PasswordsController,
    EmailController,
    MeController,
    PersonalTokensController,
    VerifyPersonalTokenController,
    WhoamiController,
    EmailLinksController,
    FormerVisitsController,
    ProvidersController,
    ProviderSignInController,
    IdentitiesController,
    AccessController,
    VerifyController,
    ApiKeysController,
    WorkspacesController,
    MembersController,
    InvitesController,
    UserAccountsController,
    TenancyController,
  ],
  providers: [
    RetryingDatabase,
    ...accessProviders,
    LastUsed,
    Passwords,
    Devices,
    EmailLinks,
    EvenTime,
    NewAccounts,
    PasswordCheck,
    PasswordStrength,
    Sessions,
    SignInThrottle,
    SignInProviders,
    SignUpPolicy,
    UsersPruning,
  ],
})
export class AuthModule {}
