// The yardstick: Fastify and pg with the same statements, and nothing else. No key, no validation, no metrics, no log.
// Settings come as JSON in BARE_SERVER; it prints its port.
import { fastify } from 'fastify';
import { Pool } from 'pg';
import { freshValuesOf, type RecordedStatement } from './statement-template.ts';

export interface BareServerSettings {
  databaseUrl: string;
  poolSize: number;
  create: [RecordedStatement, RecordedStatement];
  /** Where in the values of `get` the id of the task stands. */
  get: RecordedStatement;
  getIdIndex: number;
  list: RecordedStatement;
  pageSize: number;
}

const settings = JSON.parse(process.env['BARE_SERVER'] ?? '{}') as BareServerSettings;
const pool = new Pool({ connectionString: settings.databaseUrl, max: settings.poolSize });
const server = fastify();

const run = async ({ name, text }: RecordedStatement, values: unknown[]): Promise<object[]> =>
  (await pool.query<object>({ ...(name === undefined ? {} : { name }), text, values })).rows;

const valuesToCreate = freshValuesOf(...settings.create);
server.post('/v1/tasks', async (request, reply) => {
  const { title } = request.body as { title: string };
  const values = valuesToCreate();
  const [row] = await run(settings.create[0], values);
  return reply.code(201).send({ title, ...row });
});
server.get('/v1/tasks/:id', async (request, reply) => {
  const values = [...settings.get.values];
  values[settings.getIdIndex] = (request.params as { id: string }).id;
  const [row] = await run(settings.get, values);
  return row ?? reply.code(404).send();
});
// The statement reads one row beyond the page, by which the real server knows that there is more.
server.get('/v1/tasks', async () => ({
  items: (await run(settings.list, settings.list.values)).slice(0, settings.pageSize),
}));

const address = await server.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`listening on ${address}\n`);
process.once('SIGTERM', () => {
  void server.close().then(() => pool.end());
});
