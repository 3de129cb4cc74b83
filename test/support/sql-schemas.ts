// Finds the PostgreSQL schemas that the SQL in a TypeScript source names.
import ts from 'typescript';

/** `"schema"."thing"` or `schema.thing`. A match may also be an alias and its column. */
const QUALIFIED_NAME = /(?<![\w".$])"?([a-z_][a-z0-9_]*)"?\s*\.\s*"?[a-z_]/g;
const SCHEMA_STATEMENT = /\bSCHEMA\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"?([a-z_][a-z0-9_]*)"?/g;
/** Text with SQL. Keywords are upper case in this project. */
const SQL =
  /\b(?:SELECT|INSERT|UPDATE|DELETE|FROM|JOIN|INTO|WHERE|TABLE|INDEX|SCHEMA|TRUNCATE|REFERENCES|ORDER BY|WITH)\b/;

function literals(source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) found.push(node.text);
    // Interpolated values are unknown; `?` separates the parts.
    else if (ts.isTemplateExpression(node))
      found.push([node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join('?'));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest));
  return found;
}

/**
 * The schemas that the SQL of a source names.
 * @param schemas the existing schemas. Any other name before a dot is an alias.
 */
export function schemasNamedIn(source: string, schemas: ReadonlySet<string>): Set<string> {
  const named = new Set<string>();
  for (const text of literals(source).filter((literal) => SQL.test(literal) || literal.includes('"."'))) {
    for (const pattern of [QUALIFIED_NAME, SCHEMA_STATEMENT])
      for (const [, name = ''] of text.matchAll(pattern)) if (schemas.has(name)) named.add(name);
  }
  return named;
}
