// Connects a module as a role with access to its own schema only, as rule 3 of the layout requires.
import { Client } from 'pg';

export interface ModuleRole {
  /** The database's URL with the role as user. */
  url: string;
  /** After the database was dropped: a role belongs to the whole server. */
  drop(): Promise<void>;
}

/**
 * Creates the schema, if necessary, and a role that owns it, in the database of `databaseUrl`, whose user must be a superuser.
 * Pass the URL to the module's migrations and to its pool.
 */
export async function createModuleRole(databaseUrl: string, schema: string): Promise<ModuleRole> {
  const url = new URL(databaseUrl);
  const database = url.pathname.slice(1);
  const role = `${schema}_of_${database}`;
  await execute(databaseUrl, [
    `CREATE ROLE "${role}" LOGIN PASSWORD '${role}' NOSUPERUSER NOCREATEDB NOCREATEROLE`,
    // `CREATE SCHEMA IF NOT EXISTS` of the migrations requires this right even if the schema exists.
    `GRANT CREATE, CONNECT, TEMPORARY ON DATABASE "${database}" TO "${role}"`,
    `CREATE SCHEMA IF NOT EXISTS "${schema}" AUTHORIZATION "${role}"`,
    `ALTER SCHEMA "${schema}" OWNER TO "${role}"`,
    `REVOKE ALL ON SCHEMA public FROM PUBLIC`,
  ]);
  url.username = role;
  url.password = role;
  const maintenance = new URL(databaseUrl);
  maintenance.pathname = '/postgres';
  return { url: url.href, drop: () => execute(maintenance.href, [`DROP ROLE IF EXISTS "${role}"`]) };
}

async function execute(url: string, statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
