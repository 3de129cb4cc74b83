// The use cases of operators beside a node, as the command line calls them.
import { OutboxSignal } from '@mono/bus/outbox';
import { RetryingDatabase, type Database, type PublicUrl } from '@mono/platform';
import { RememberedKeys, RememberedPersonalTokens, RememberedUsers } from '../../contract/index.js';
import { SecretKeys } from '../secrets/secret-keys.js';
import { EmailLinks } from '../users/email-links.js';
import { TenancyController } from './tenancy.controller.js';
import { UserAccountsController } from './user-accounts.controller.js';

export interface Operators {
  accounts: UserAccountsController;
  tenancy: TenancyController;
}

/**
 * Running nodes receive the changes by the outbox.
 * @param secretsOf reads SECRET_KEY, which only links need.
 */
export function createOperators(
  database: Database,
  { secretsOf, publicUrl }: { secretsOf: () => readonly string[]; publicUrl: PublicUrl },
): Operators {
  const secrets: Pick<SecretKeys, 'macs'> = {
    macs: (purpose, text) => new SecretKeys(secretsOf()).macs(purpose, text),
  };
  const links = new EmailLinks(database, secrets, publicUrl);
  const [retrying, signal] = [new RetryingDatabase(database), new OutboxSignal()];
  const [users, tokens] = [new RememberedUsers(), new RememberedPersonalTokens()];
  return {
    accounts: new UserAccountsController(retrying, signal, users, tokens, links),
    tenancy: new TenancyController(retrying, signal, new RememberedKeys(), users, tokens, links),
  };
}
