// Describes the schema that a module's migrations create, as text that can be read and compared.
import type { Client } from 'pg';

const PARTS: readonly [title: string, statement: string][] = [
  [
    'types',
    `SELECT t.typname || ': ' || string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) AS line
     FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid WHERE t.typnamespace = $1::regnamespace GROUP BY t.typname`,
  ],
  [
    'columns',
    `SELECT c.relname || '.' || a.attname || ': ' || format_type(a.atttypid, a.atttypmod)
       || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
       || CASE WHEN a.attidentity <> '' THEN ' identity' ELSE '' END
       || coalesce(CASE WHEN a.attgenerated <> '' THEN ' generated ' ELSE ' default ' END || pg_get_expr(d.adbin, d.adrelid), '')
       || coalesce(' collate ' || nullif(l.collname, 'default'), '') AS line
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum LEFT JOIN pg_collation l ON l.oid = a.attcollation
     WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r'`,
  ],
  [
    'constraints',
    `SELECT c.relname || ': ' || k.conname || ' ' || pg_get_constraintdef(k.oid) AS line
     FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.connamespace = $1::regnamespace AND k.contype <> 'n'`,
  ],
  ['indexes', `SELECT indexdef AS line FROM pg_indexes WHERE schemaname = $1`],
  [
    'functions',
    // Without functions of an extension in the schema, which vary with PostgreSQL.
    `SELECT regexp_replace(pg_get_functiondef(p.oid), '\\s+', ' ', 'g') AS line FROM pg_proc p
     WHERE p.pronamespace = $1::regnamespace AND NOT EXISTS (
       SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')`,
  ],
  ['extensions', `SELECT extname AS line FROM pg_extension WHERE extnamespace = $1::regnamespace`],
];

export async function describeSchema(client: Client, schema: string): Promise<string> {
  const parts: string[] = [];
  for (const [title, statement] of PARTS) {
    const { rows } = await client.query<{ line: string }>(statement, [schema]);
    const lines = rows.map(({ line }) => `  ${line}`).toSorted();
    if (lines.length > 0) parts.push([title, ...lines].join('\n'));
  }
  return `${parts.join('\n\n')}\n`;
}
