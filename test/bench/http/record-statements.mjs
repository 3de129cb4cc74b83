// Loaded into the built server before it starts (`node --import`): writes each statement that it sends to PostgreSQL as a
// line of JSON, so that the bare server can run the very same ones.
import { appendFileSync } from 'node:fs';
import { Client } from 'pg';

const file = process.env['RECORD_STATEMENTS_TO'];
// oxlint-disable-next-line typescript/unbound-method -- called with the client as `this` below
const { query } = Client.prototype;

/** @this {import('pg').Client} */
function recordingQuery(/** @type {unknown[]} */ ...args) {
  const [first, second] = args;
  const { name, text, values } = /** @type {{ name?: string, text?: string, values?: unknown[] }} */ (
    typeof first === 'string' ? { text: first, values: second } : first
  );
  if (file && text) appendFileSync(file, `${JSON.stringify({ name, text, values })}\n`);
  return Reflect.apply(query, this, args);
}

Client.prototype.query = /** @type {typeof query} */ (recordingQuery);
