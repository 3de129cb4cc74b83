// Configuration as data: each lib declares its settings with one of these, the app parses all of them once, and the
// docs/configuration.md is written from the same declarations.

export interface Setting<T> {
  description: string;
  /** As one would write it in the environment; undefined when there is none. */
  defaultText: string | undefined;
  /** What is accepted, for the table and for the fault: "an integer from 0 to 65535". */
  expected: string;
  /** A secret's value is never shown anywhere. */
  secret: boolean;
  /** Where a value is made and kept in `DATA_DIR` when nobody chose one; with `DATABASE_URL` it must be chosen. */
  keptAs?: string;
  /** @returns the value, or undefined when the text is not what is expected. */
  parse(text: string): T | undefined;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;
type ValueOf<S> = S extends Setting<infer T> ? T : never;
/** The parsed values, by the variables' own names. Those without a default may be undefined. */
export type SettingsOf<S extends Settings> = { readonly [Name in keyof S]: ValueOf<S[Name]> };

interface Description<T> {
  description: string;
  default?: T;
  secret?: boolean;
}

function setting<T>(
  { description, default: fallback, secret = false }: Description<T>,
  expected: string,
  parse: (text: string) => T | undefined,
  format: (value: T) => string = String,
): Setting<T> {
  return { description, expected, secret, parse, defaultText: fallback === undefined ? undefined : format(fallback) };
}

type Required<T> = Description<T> & { default: T };

export function text(options: Required<string>): Setting<string>;
export function text(options: Description<string>): Setting<string | undefined>;
export function text(options: Description<string>): Setting<string | undefined> {
  return setting<string | undefined>(options, 'text', (value) => value);
}

export function integer(options: Required<number> & { min: number; max: number }): Setting<number>;
export function integer(options: Description<number> & { min: number; max: number }): Setting<number | undefined>;
export function integer(options: Description<number> & { min: number; max: number }): Setting<number | undefined> {
  const { min, max } = options;
  return setting<number | undefined>(options, `an integer from ${min} to ${max}`, (value) => {
    const parsed = /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
    return parsed >= min && parsed <= max ? parsed : undefined;
  });
}

export function flag(options: Required<boolean>): Setting<boolean> {
  return setting(options, '`true` or `false`', (value) =>
    value === 'true' ? true : value === 'false' ? false : undefined,
  );
}

export function choice<const T extends string>(values: readonly T[], options: Required<NoInfer<T>>): Setting<T>;
export function choice<const T extends string>(
  values: readonly T[],
  options: Description<NoInfer<T>>,
): Setting<T | undefined>;
export function choice<const T extends string>(
  values: readonly T[],
  options: Description<NoInfer<T>>,
): Setting<T | undefined> {
  return setting<T | undefined>(options, values.map((value) => `\`${value}\``).join(', '), (value) =>
    values.find((known) => known === value),
  );
}

/** A URL, or several separated by commas, of one of the given schemes (without the colon). May hold a password, so it is a secret. */
export function url(schemes: readonly string[], options: Description<string>): Setting<string | undefined> {
  return setting<string | undefined>(
    { secret: true, ...options },
    `a URL beginning with ${schemes.map((scheme) => `\`${scheme}://\``).join(' or ')}`,
    (value) => (value.split(',').every((one) => isUrlOf(schemes, one.trim())) ? value : undefined),
  );
}

/** Text in a form that a regular expression describes. */
export function matching(pattern: RegExp, expected: string, options: Description<string>): Setting<string | undefined> {
  return setting<string | undefined>(options, expected, (value) => (pattern.test(value) ? value : undefined));
}

/** Several names, separated by commas; white space around them does not count. */
export function names(options: Required<readonly string[]> & { items?: string }): Setting<readonly string[]>;
export function names(
  options: Description<readonly string[]> & { items?: string },
): Setting<readonly string[] | undefined>;
export function names(
  options: Description<readonly string[]> & { items?: string },
): Setting<readonly string[] | undefined> {
  return setting<readonly string[] | undefined>(
    options,
    `comma-separated ${options.items ?? 'names'}`,
    (value) =>
      value
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    (value) => (value ?? []).join(','),
  );
}

/**
 * Secrets that all nodes of an installation share: the current one first, former ones behind commas.
 * @param options.least characters of each.
 * @param options.keptAs the file in `DATA_DIR` where one is made and kept when nobody chose it.
 */
export function sharedSecrets(options: {
  description: string;
  least: number;
  keptAs: string;
}): Setting<readonly string[] | undefined> {
  const { least, keptAs, description } = options;
  const expected = `comma-separated secrets of ${least} or more characters`;
  const shared = setting<readonly string[] | undefined>({ description, secret: true }, expected, (value) => {
    const secrets = value
      .split(',')
      .map((secret) => secret.trim())
      .filter(Boolean);
    return secrets.length > 0 && secrets.every((secret) => secret.length >= least) ? secrets : undefined;
  });
  return { ...shared, keptAs };
}

function isUrlOf(schemes: readonly string[], text: string): boolean {
  return URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1));
}
