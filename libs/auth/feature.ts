// The auth feature: every node loads this file; the module's code loads where it runs.
import { changesOf, withoutChange } from '@mono/contract';
import { defineFeature } from '@mono/platform';
import {
  accountsOperations,
  apiKeysOperations,
  authEvents,
  everyAuthEvent,
  identitiesOperations,
  invitesOperations,
  membersOperations,
  meOperations,
  operatorsOperations,
  personalTokensOperations,
  usersOperations,
  workspacesOperations,
} from './contract/index.js';
import { authConfig } from './src/auth.config.js';
import { CredentialsModule } from './src/credentials/credentials.module.js';
import { JwksController } from './src/http/jwks.controller.js';
import { LinksController } from './src/http/links.controller.js';
import { ProviderReturnController } from './src/http/provider-return.controller.js';
import { Initial1763676000000 } from './src/persistence/migrations/1763676000000-initial.js';
import { ApiKeys1763770000000 } from './src/persistence/migrations/1763770000000-api-keys.js';
import { Workspaces1763775000000 } from './src/persistence/migrations/1763775000000-workspaces.js';
import { Users1763780000000 } from './src/persistence/migrations/1763780000000-users.js';
import { Identities1763790000000 } from './src/persistence/migrations/1763790000000-identities.js';
import { InvitesOfWorkspace1763795000000 } from './src/persistence/migrations/1763795000000-invites-of-workspace.js';
import { OutboxPlaces1764300000000 } from './src/persistence/migrations/1764300000000-outbox-places.js';
import { DisabledUsers1765000000044 } from './src/persistence/migrations/1765000000044-disabled-users.js';
import { PersonalTokens1765000000000 } from './src/persistence/migrations/1765000000000-personal-tokens.js';
import { FormerMembers1765000000055 } from './src/persistence/migrations/1765000000055-former-members.js';
import { TimeAudience1765000000056 } from './src/persistence/migrations/1765000000056-time-audience.js';

export { BearerAuthenticator } from './src/credentials/bearer-authenticator.js';

const {
  api_key_created,
  api_key_updated,
  api_key_rotated,
  api_key_revoked,
  workspace_created,
  workspace_updated,
  workspace_deleted,
  member_added,
  member_updated,
  member_removed,
  invite_created,
  invite_renewed,
  invite_revoked,
  invite_accepted,
  ...unseenEvents
} = authEvents;

export const authFeature = defineFeature({
  name: 'auth',
  config: authConfig,
  operations: [
    accountsOperations,
    meOperations,
    personalTokensOperations,
    identitiesOperations,
    usersOperations,
    apiKeysOperations,
    workspacesOperations,
    membersOperations,
    invitesOperations,
    operatorsOperations,
  ],
  tags: {
    workspaces: 'Workspaces, the tenants: everything belongs to one.',
    members: 'Members of a workspace and their roles.',
    invites: 'Invites to a workspace.',
    'api keys': 'Credentials of programs.',
    auth: 'Sign-up, sign-in and sign-out; passwords and addresses.',
    me: 'The signed-in user.',
    operators: 'Users, workspaces and links of the whole installation, for operators.',
  },
  imports: [CredentialsModule],
  controllers: [LinksController, ProviderReturnController, JwksController],
  audited: [everyAuthEvent],
  events: [
    changesOf(
      'workspace',
      { scope: null, audience: 'workspace' },
      { created: workspace_created, updated: workspace_updated, deleted: workspace_deleted },
    ),
    changesOf(
      'member',
      { scope: 'tasks:read', audience: 'workspace', keys: ['user_id'] },
      { created: member_added, updated: member_updated, deleted: member_removed },
    ),
    changesOf(
      'invite',
      { scope: 'admin', audience: 'unlimited' },
      { created: invite_created, updated: invite_renewed, deleted: [invite_revoked, invite_accepted] },
    ),
    changesOf(
      'api_key',
      { scope: 'admin', audience: 'unlimited' },
      { created: api_key_created, updated: [api_key_updated, api_key_rotated], deleted: api_key_revoked },
    ),
    withoutChange(...Object.values(unseenEvents)),
  ],
  migrations: [
    Initial1763676000000,
    ApiKeys1763770000000,
    Workspaces1763775000000,
    Users1763780000000,
    Identities1763790000000,
    InvitesOfWorkspace1763795000000,
    OutboxPlaces1764300000000,
    PersonalTokens1765000000000,
    DisabledUsers1765000000044,
    FormerMembers1765000000055,
    TimeAudience1765000000056,
  ],
  load: async () => (await import('./module.js')).AuthModule,
});
