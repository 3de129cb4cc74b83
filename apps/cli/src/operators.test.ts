import { authFeature } from '@mono/auth/feature';
import { createUser, insertWorkspace } from '@mono/auth/module';
import { Database } from '@mono/platform';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { OperatorCommands } from './operators.js';
import { operatorIn } from './tenants.js';

const PASSWORD = 'correct horse battery staple';

describe('the commands of operators', () => {
  let place: TestDatabase;
  let database: Database;
  let lines: string[];
  let commands: OperatorCommands;
  let workspaceId: string;

  beforeAll(async () => {
    place = await createTestDatabase();
    const migrations = [...authFeature.migrations];
    database = await Database.open({ url: place.url, migrations, migrationsTableName: 'migration' });
    await database.query('CREATE SCHEMA auth');
    await database.dataSource.runMigrations();
  });
  beforeEach(async () => {
    lines = [];
    const environment = {
      SECRET_KEY: 'a secret of tests, long enough for all',
      PUBLIC_URL: 'https://mono.example.com/',
    };
    const installation = { dataDirectory: '/nonexistent', environment };
    commands = new OperatorCommands(database, installation, (line) => lines.push(line));
    ({ id: workspaceId } = await insertWorkspace(database, operatorIn(''), { name: 'Bakery', timezone: 'UTC' }));
  });
  afterAll(async () => {
    await database?.dataSource.destroy();
    await place?.drop();
  });

  const user = (email: string): Promise<{ id: string }> =>
    createUser(database, { email, name: 'Ada', password: PASSWORD, role: 'owner', workspace_id: workspaceId });
  const actorsOf = async (event: string): Promise<unknown[]> => {
    const rows = await database.query<{ payload: { event: string; actor: { id: string }; source: string } }>(
      'SELECT payload FROM auth.outbox',
    );
    return rows.flatMap(({ payload: { event: name, actor, source } }) =>
      name === event ? [[actor.id.split(':')[0], source]] : [],
    );
  };

  test('disable and enable a user, by address and by id', async () => {
    const { id } = await user('ada@example.com');
    await commands.disable('ADA@example.com');
    await commands.enable(id);
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      `Disabled ada@example.com (${id})`,
      `Enabled ada@example.com (${id})`,
    ]);
    expect(await actorsOf('user_disabled')).toEqual([['cli', 'cli']]);
    await expect(commands.disable('nobody@example.com')).rejects.toThrow('No user has the address nobody@example.com.');
    await expect(commands.disable('42')).rejects.toThrow('id');
  });

  test('print a link to set a password', async () => {
    await user('grace@example.com');
    await commands.passwordLink('grace@example.com');
    expect(lines[0]).toMatch(/^https:\/\/mono\.example\.com\/reset-password\?token=[0-9a-f-]{36}\.[\w-]{43}$/);
  });

  test('delete a user and a workspace that were confirmed', async () => {
    const { id } = await user('eve@example.com');
    await expect(commands.deleteUser(id, {})).rejects.toThrow('pass --yes');
    await expect(commands.deleteWorkspace(workspaceId, {})).rejects.toThrow('pass --yes');
    await commands.deleteWorkspace(workspaceId, { yes: true });
    await commands.deleteUser(id, { yes: true });
    expect(lines.map((line) => line.split('.')[0])).toEqual([`Deleted Bakery (${workspaceId})`, 'Deleted eve@example']);
    await expect(commands.deleteWorkspace(workspaceId, { yes: true })).rejects.toMatchObject({
      code: 'workspace_not_found',
    });
  });

  test('say how to name the secret of links', async () => {
    const { id } = await user('mallory@example.com');
    const bare = new OperatorCommands(
      database,
      { dataDirectory: '/nonexistent', environment: { PUBLIC_URL: 'https://mono.example.com' } },
      () => undefined,
    );
    await bare.disable(id);
    await bare.enable(id);
    await expect(bare.passwordLink(id)).rejects.toThrow('SECRET_KEY is not set, and the data directory has no file');
  });
});
