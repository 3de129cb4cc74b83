// The example of a request body, which the pages at /docs send as it is: the examples of its fields, without optional references
// to things that do not exist.
type Json = Record<string, unknown>;

interface Schema extends Json {
  $ref?: string;
  allOf?: Schema[];
  example?: unknown;
  format?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

/** @returns a function from the schema of a body to its example; undefined without examples. */
export function requestExamples(schemas: Json): (schema: Json) => unknown {
  const resolve = (schema: Schema): Schema => {
    const { $ref, allOf, ...own } = schema;
    if ($ref !== undefined) return resolve(schemas[$ref.slice($ref.lastIndexOf('/') + 1)] as Schema);
    return allOf ? (Object.assign({}, ...allOf.map(resolve), own) as Schema) : schema;
  };
  const exampleOf = (schema: Schema): unknown => {
    const { example, properties, required = [] } = resolve(schema);
    if (example !== undefined || !properties) return example;
    const fields = Object.entries(properties).flatMap(([name, field]) => {
      const value = exampleOf(field);
      return value === undefined ? [] : [{ name, value, needed: required.includes(name), field: resolve(field) }];
    });
    const shown = fields.filter(({ value, needed, field }) => needed || (value !== null && !isReference(field)));
    // An object without a field would be refused for that.
    return Object.fromEntries((shown.length > 0 ? shown : fields.slice(0, 1)).map(({ name, value }) => [name, value]));
  };
  return exampleOf;
}

/** A field that names another thing: the id of the example does not exist. */
function isReference({ format, items }: Schema): boolean {
  return format === 'uuid' || items?.format === 'uuid';
}
