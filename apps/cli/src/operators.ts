// npx mono user …, workspace delete, invite …: users, workspaces and links of the whole installation. Running nodes see changes by
// the outbox, from which the audit trail is written.
import { UserAccountQuery, type OneTimeLink, type UserAccount } from '@mono/auth/contract';
import { createOperators, findOpenInvites, readWorkspace, type Operators } from '@mono/auth/module';
import { readInput, UuidField, type CallContext } from '@mono/contract';
import type { Database } from '@mono/platform';
import { confirmDeletion } from './ask.js';
import type { Installation } from './cli.js';
import { sharedSecretsOf } from './secrets.js';
import { instanceUrl } from './tail/instance-url.js';
import { operatorIn } from './tenants.js';

type Say = (line: string) => void;

class Named {
  @UuidField({ description: 'The thing to change.' })
  id: string;
}

export class OperatorCommands {
  private readonly operators: Operators;

  constructor(
    private readonly database: Database,
    installation: Installation,
    private readonly say: Say,
  ) {
    this.operators = createOperators(database, {
      secretsOf: () => sharedSecretsOf('SECRET_KEY', 'secret-key', installation),
      publicUrl: { get: () => publicUrlOf(installation) },
    });
  }

  async disable(user: string): Promise<void> {
    const { email, id } = await this.operators.accounts.disableUser(await this.user(user), inNone());
    this.say(`Disabled ${email} (${id}): sessions, personal access tokens and links have ended.`);
  }

  async enable(user: string): Promise<void> {
    const { email, id } = await this.operators.accounts.enableUser(await this.user(user), inNone());
    this.say(`Enabled ${email} (${id}): the password is the same; personal access tokens must be created again.`);
  }

  async deleteUser(user: string, { yes = false }: { yes?: boolean }): Promise<void> {
    const { id, email } = await this.user(user);
    await confirmDeletion(
      email,
      yes,
      `Deletes the user ${email}, and the workspaces that the user owns without other members.`,
    );
    await this.operators.accounts.deleteUser({ id }, inNone());
    this.say(`Deleted ${email} (${id}).`);
  }

  async passwordLink(user: string): Promise<void> {
    this.show(await this.operators.accounts.createPasswordLink(await this.user(user), inNone()));
  }

  async deleteWorkspace(given: string, { yes = false }: { yes?: boolean }): Promise<void> {
    const { id } = readInput(Named, { id: given }, 'options');
    const { name } = (await readWorkspace(this.database, id)) ?? { name: id };
    await confirmDeletion(name, yes, `Erases the workspace ${name} (${id}) for good, with all that is in it.`);
    await this.operators.tenancy.deleteWorkspace({ id }, operatorIn(id));
    this.say(`Deleted ${name} (${id}). Running instances erase its lists, tasks and time entries now.`);
  }

  async listInvites(): Promise<void> {
    for (const { id, email, role, workspace, expires_at } of await findOpenInvites(this.database)) {
      this.say(`${id}  ${email}  ${role} of ${workspace}  ends ${expires_at}`);
    }
  }

  async inviteLink(given: string): Promise<void> {
    const { id } = readInput(Named, { id: given }, 'options');
    this.show(await this.operators.tenancy.getInviteLink({ id }, inNone()));
  }

  /** @param user an id or an address. */
  private async user(user: string): Promise<UserAccount> {
    if (!user.includes('@')) return this.operators.accounts.getUser(readInput(Named, { id: user }, 'options'));
    const query = readInput(UserAccountQuery, { email: user }, 'options');
    const [found] = (await this.operators.accounts.findUsers(query)).items;
    if (!found) throw new Error(`No user has the address ${user}.`);
    return found;
  }

  private show({ url, address, expires_at }: OneTimeLink): void {
    this.say(url);
    this.say(`(works once, until ${expires_at}; give it to nobody but the owner of ${address})`);
  }
}

/** The operator acts in no workspace. */
function inNone(): CallContext {
  return operatorIn('');
}

function publicUrlOf({ dataDirectory, environment }: Installation): string {
  const given = environment['PUBLIC_URL']?.trim();
  return instanceUrl({ url: given, dataDirectory }).replace(/\/+$/, '');
}
