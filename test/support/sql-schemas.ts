// Which PostgreSQL schemas a TypeScript source names in its SQL, seen in its string literals.
import ts from 'typescript';

/** `"schema"."table"` or `schema.table` where SQL expects a thing of a schema. Keywords are upper case in this project. */
const QUALIFIED_NAME =
  /\b(?:FROM|JOIN|INTO|UPDATE|USING|TABLE|REFERENCES|TYPE|FUNCTION|VIEW|SEQUENCE|TRUNCATE|CALL|ON|ONLY|EXISTS)\s+"?([a-z_][a-z0-9_]*)"?\s*\.\s*"?[a-z_]/g;
/** `"schema"."thing"` anywhere, quoted: casts, functions, columns written in full. */
const QUOTED_NAME = /(?<![."])"([a-z_][a-z0-9_]*)"\."[a-z_]/g;
const SCHEMA_STATEMENT = /\bSCHEMA\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"?([a-z_][a-z0-9_]*)"?/g;

/** PostgreSQL's own, which belong to every module. */
const SYSTEM_SCHEMAS = new Set(['pg_catalog', 'information_schema', 'pg_temp']);

function literals(source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) found.push(node.text);
    // What is interpolated cannot be known here; `?` keeps the parts apart.
    else if (ts.isTemplateExpression(node))
      found.push([node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join('?'));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest));
  return found;
}

/**
 * The schemas that the SQL of a source names.
 *
 * @param known the schemas of all modules: a quoted `"a"."b"` counts only where `a` is one of them, since it may be an
 *   alias and its column; after FROM, INTO and the like every name counts.
 */
export function schemasNamedIn(source: string, known: ReadonlySet<string>): Set<string> {
  const named = new Set<string>();
  for (const text of literals(source)) {
    for (const [, schema = ''] of text.matchAll(QUALIFIED_NAME)) named.add(schema);
    for (const [, schema = ''] of text.matchAll(SCHEMA_STATEMENT)) if (known.has(schema)) named.add(schema);
    for (const [, schema = ''] of text.matchAll(QUOTED_NAME)) if (known.has(schema)) named.add(schema);
  }
  return new Set([...named].filter((schema) => !SYSTEM_SCHEMAS.has(schema)));
}
