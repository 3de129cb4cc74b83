// Settings as values: each lib declares its settings with these functions, the app parses all of them once, and
// docs/configuration.md is generated from them.

export interface Setting<T> {
  description: string;
  /** The default as text of the environment; undefined without a default. */
  defaultText: string | undefined;
  /** The accepted values, for the table and for faults: "an integer from 0 to 65535". */
  expected: string;
  /** The value of a secret is never shown. */
  secret: boolean;
  /** The file in `DATA_DIR` with a generated value, if none is set. With `DATABASE_URL` it must be set. */
  keptAs?: string;
  /** @returns the value, or undefined for an invalid text. */
  parse(text: string): T | undefined;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;
type ValueOf<S> = S extends Setting<infer T> ? T : never;
/** The parsed values by the names of their variables. Values without a default may be undefined. */
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

export function flag(options: Required<boolean>): Setting<boolean>;
export function flag(options: Description<boolean>): Setting<boolean | undefined>;
export function flag(options: Description<boolean>): Setting<boolean | undefined> {
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

/**
 * A URL, or several comma-separated ones, with one of the given schemes (without the colon). A secret, since it may contain a
 * password.
 */
export function url(schemes: readonly string[], options: Description<string>): Setting<string | undefined> {
  return setting<string | undefined>(
    { secret: true, ...options },
    `a URL beginning with ${schemes.map((scheme) => `\`${scheme}://\``).join(' or ')}`,
    (value) => (value.split(',').every((one) => isUrlOf(schemes, one.trim())) ? value : undefined),
  );
}

/** Text that matches a regular expression. */
export function matching(pattern: RegExp, expected: string, options: Description<string>): Setting<string | undefined> {
  return setting<string | undefined>(options, expected, (value) => (pattern.test(value) ? value : undefined));
}

/** Comma-separated names. White space around them is ignored. */
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
 * Comma-separated secrets that all nodes of an installation share: the current one first, then former ones.
 * @param options.least the minimum length of each.
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
