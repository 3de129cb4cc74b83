// npx mono …: what an operator does by hand.
import { resolve } from 'node:path';
import { layerEnvironment, type Database } from '@mono/platform';
import { Command } from 'commander';
import { OPERATOR, ROLES, SCOPES } from '@mono/auth/contract';
import { authModule } from '@mono/auth/module';
import { timeTrackingModule } from '@mono/time-tracking/module';
import { ApiKeyCommands, type ApiKeyOptions } from './api-keys.js';
import { AuditCommands, auditSecretsOf } from './audit.js';
import { DlqCommands, type DlqFilter } from './dlq.js';
import { down } from './down.js';
import { doctor } from './doctor.js';
import { republish, type RepublishOptions } from './events.js';
import { withDatabase, withPlatformDatabase } from './installation-database.js';
import { NatsUserCommands } from './nats-user.js';
import { seed } from './seed.js';
import { TimeCommands } from './time.js';
import { UserCommands, type UserOptions } from './users.js';
import { WorkspaceCommands } from './workspaces.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

// As a node that is started here sees it.
const { environment } = layerEnvironment(process.cwd(), process.env);

const program = new Command('mono')
  .description('What an operator of Mono does by hand.')
  .option('--data-dir <directory>', 'where the embedded servers are', environment['DATA_DIR']?.trim() || 'data');

program
  .command('down')
  .description('stop the embedded PostgreSQL and NATS that nobody uses any more')
  .option('--force', 'also while instances run')
  .action(async ({ force }: { force?: boolean }) => {
    process.exitCode = await down(program.opts<{ dataDir: string }>().dataDir, force === true, say);
  });

program
  .command('doctor')
  .description('look at this machine and the data directory')
  .action(async () => {
    process.exitCode = await doctor(program.opts<{ dataDir: string }>().dataDir, environment, say);
  });

const apiKey = program
  .command('apikey')
  .description('API keys: made, looked at, rotated, revoked')
  .option('--workspace <id>', 'of this workspace instead of the default one');

function withAuth(work: (database: Database) => Promise<void>): Promise<void> {
  const { dataDir: dataDirectory } = program.opts<{ dataDir: string }>();
  return withDatabase({ dataDirectory, environment, module: 'auth', migrations: authModule.migrations }, work);
}

function withApiKeys(work: (commands: ApiKeyCommands) => Promise<void>): Promise<void> {
  const { workspace } = apiKey.opts<{ workspace?: string }>();
  const name = environment['APP_ENV']?.trim() || 'dev';
  return withAuth((database) => work(new ApiKeyCommands(database, name, workspace, say)));
}

apiKey
  .command('create')
  .description('make one; it is shown once')
  .requiredOption('--name <text>', 'what it is for')
  .option('--scope <scopes...>', `its rights: ${SCOPES.join(', ')}, ${OPERATOR}`, ['*'])
  .option('--list <ids...>', 'limit it to these lists')
  .option('--allow-ip <ranges...>', 'limit it to these addresses')
  .option('--expires-at <instant>', 'when it ends')
  .action((options: ApiKeyOptions) => withApiKeys((commands) => commands.create(options)));
apiKey
  .command('list')
  .description('list them, without their secrets')
  .option('--state <state>', 'active, expired or revoked')
  .option('--limit <count>', 'how many at most')
  .action((options: { state?: string; limit?: string }) => withApiKeys((commands) => commands.list(options)));
apiKey
  .command('rotate <id>')
  .description('give one a new secret; the former works on for a while')
  .option('--overlap <duration>', 'for how long (ISO 8601)', 'P1D')
  .action((id: string, options: { overlap?: string }) => withApiKeys((commands) => commands.rotate(id, options)));
apiKey
  .command('revoke <id>')
  .description('revoke one for good')
  .action((id: string) => withApiKeys((commands) => commands.revoke(id)));

program
  .command('events')
  .description('The events of modules')
  .command('republish')
  .description('Publish events again from the outbox')
  .requiredOption('--since <instant>', 'Republish events that happened since then.')
  .option('--module <name>', 'Republish the events of this module only.')
  .action((options: RepublishOptions) =>
    republish(options, { dataDirectory: program.opts<{ dataDir: string }>().dataDir, environment }, say),
  );

const workspace = program.command('workspace').description('the tenants of this installation');

workspace
  .command('create')
  .description('make one')
  .requiredOption('--name <text>', 'what it is called')
  .option('--timezone <zone>', 'where its days begin and end (IANA)', 'UTC')
  .action((options: { name: string; timezone: string }) =>
    withAuth((database) => new WorkspaceCommands(database, say).create(options)),
  );
workspace
  .command('list')
  .description('list them')
  .action(() => withAuth((database) => new WorkspaceCommands(database, say).list()));

const user = program.command('user').description('the people of this installation');

user
  .command('create')
  .description('let somebody in; the address counts as proven')
  .requiredOption('--email <address>', 'with which they sign in')
  .requiredOption('--name <text>', 'how they are called')
  .option('--role <role>', ROLES.join(', '), 'owner')
  .option('--workspace <id>', 'in this workspace instead of the default one')
  .option('--timezone <zone>', 'their own zone (IANA)', 'UTC')
  .option('--password-stdin', 'read the password from standard input instead of making one')
  .action((options: UserOptions) => withAuth((database) => new UserCommands(database, say).create(options)));
user
  .command('list')
  .description('list them')
  .action(() => withAuth((database) => new UserCommands(database, say).list()));

program
  .command('seed')
  .description('fill a demo workspace with a few hundred tasks, through an instance that runs')
  .option('--url <url>', 'of the instance; one of this data directory without it')
  .action(({ url }: { url?: string }) => {
    const { dataDir: dataDirectory } = program.opts<{ dataDir: string }>();
    const options = { dataDirectory, environment: environment['APP_ENV']?.trim() || 'dev', ...(url && { url }) };
    return withAuth((database) => seed(database, options, say));
  });

const time = program.command('time').description('the history of tasks');

function withTime(work: (database: Database) => Promise<void>): Promise<void> {
  const { dataDir: dataDirectory } = program.opts<{ dataDir: string }>();
  const { migrations } = timeTrackingModule;
  return withDatabase({ dataDirectory, environment, module: 'time-tracking', migrations }, work);
}

time
  .command('rebuild')
  .description('have the history filled from the log that tasks keeps, by the nodes that run')
  .option('--no-wait', 'only ask for it')
  .action(({ wait }: { wait: boolean }) => withTime((database) => new TimeCommands(database, say).rebuild({ wait })));

const dlq = program.command('dlq').description('messages and jobs that gave up');

function withDeadLetters(work: (commands: DlqCommands) => Promise<void>): Promise<void> {
  const { dataDir } = program.opts<{ dataDir: string }>();
  return withPlatformDatabase(dataDir, environment, (database) =>
    work(new DlqCommands(database, auditSecretsOf(resolve(dataDir), environment), say)),
  );
}

dlq
  .command('list')
  .description('list them, oldest first')
  .option('--status <status>', 'open, retried or discarded', 'open')
  .option('--consumer <name>', 'those of this consumer')
  .option('--module <name>', 'those of this module')
  .option('--limit <count>', 'how many at most')
  .action((filter: DlqFilter) => withDeadLetters((commands) => commands.list(filter)));

dlq
  .command('show <id>')
  .description('everything about one')
  .action((id: string) => withDeadLetters((commands) => commands.show(id)));

for (const [verb, to, what] of [
  ['retry', 'retried', 'have them tried again'],
  ['discard', 'discarded', 'discard them'],
] as const) {
  dlq
    .command(`${verb} [ids...]`)
    .description(what)
    .option('--all', 'all that are open, as far as --consumer and --module go')
    .option('--consumer <name>', 'with --all: those of this consumer')
    .option('--module <name>', 'with --all: those of this module')
    .option('--note <text>', 'why')
    .action((ids: string[], { all, note, ...filter }: DlqFilter & { all?: true; note?: string }) =>
      withDeadLetters((commands) => {
        if (all) return commands.decideAll(to, filter, note);
        if (ids.length === 0) throw new Error('Name ids, or say --all.');
        return commands.decide(to, ids, note);
      }),
    );
}

const audit = program.command('audit').description('the audit trail');

function withAudit<T>(work: (commands: AuditCommands) => Promise<T>): Promise<T> {
  const { dataDir } = program.opts<{ dataDir: string }>();
  return withPlatformDatabase(dataDir, environment, (database) =>
    work(new AuditCommands(database, dataDir, environment, say)),
  );
}

audit
  .command('verify')
  .description('walk the chain and name its first fault')
  .action(async () => {
    process.exitCode = await withAudit((commands) => commands.verify());
  });
audit
  .command('accept')
  .description('accept that rows are missing after the database was restored from a backup')
  .requiredOption('--reason <text>', 'why it was restored; kept in the audit trail')
  .action(({ reason }: { reason: string }) => withAudit((commands) => commands.accept(reason)));

const natsUser = program.command('nats-user').description('outside clients of the API on the embedded NATS');

function natsUsers(): NatsUserCommands {
  return new NatsUserCommands(program.opts<{ dataDir: string }>().dataDir, say);
}

natsUser
  .command('add <name>')
  .description('make one; its password is shown once')
  .action((name: string) => natsUsers().add(name));
natsUser
  .command('list')
  .description('list their names')
  .action(() => natsUsers().list());
natsUser
  .command('remove <name>')
  .description('remove one, and end its connections')
  .action((name: string) => natsUsers().remove(name));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
