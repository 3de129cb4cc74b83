// A module's role reaches its own schema and is refused everywhere else.
import { Client } from 'pg';
import { createModuleRole, type ModuleRole } from '../support/module-role.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

describe('a role per module', () => {
  let database: TestDatabase;
  let roles: ModuleRole[];
  let bakery: Client;
  let astronomy: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    const bakeryRole = await createModuleRole(database.url, 'bakery');
    const astronomyRole = await createModuleRole(database.url, 'astronomy');
    roles = [bakeryRole, astronomyRole];
    bakery = new Client({ connectionString: bakeryRole.url });
    astronomy = new Client({ connectionString: astronomyRole.url });
    await Promise.all([bakery.connect(), astronomy.connect()]);
    await bakery.query('CREATE SCHEMA IF NOT EXISTS "bakery"');
    await bakery.query('CREATE TABLE "bakery"."loaf" ("id" int PRIMARY KEY)');
    await astronomy.query('CREATE TABLE "astronomy"."star" ("id" int PRIMARY KEY)');
  });
  afterAll(async () => {
    await Promise.all([bakery.end(), astronomy.end()]);
    await database.drop();
    for (const role of roles) await role.drop();
  });

  test('it uses its own schema freely', async () => {
    await bakery.query('INSERT INTO "bakery"."loaf" VALUES (1)');
    expect((await bakery.query('SELECT "id" FROM "bakery"."loaf"')).rows).toEqual([{ id: 1 }]);
  });

  test.each([
    ['reads', 'SELECT 1 FROM "astronomy"."star"'],
    ['writes', 'INSERT INTO "astronomy"."star" VALUES (1)'],
    ['joins', 'SELECT 1 FROM "bakery"."loaf" JOIN "astronomy"."star" USING ("id")'],
    ['references', 'CREATE TABLE "bakery"."wish" ("star" int REFERENCES "astronomy"."star" ("id"))'],
    ['creates', 'CREATE TABLE "astronomy"."moon" ("id" int)'],
    ['drops', 'DROP SCHEMA "astronomy" CASCADE'],
    ['creates in public', 'CREATE TABLE "public"."moon" ("id" int)'],
  ])('permission is denied when it %s elsewhere', async (_what, statement) => {
    // 42501 is insufficient_privilege; dropping says "must be owner" under the same code.
    await expect(bakery.query(statement)).rejects.toMatchObject({ code: '42501' });
  });
});
