// The one table of a module's errors: status, message and details of each code, and the functions that make them.
import { DomainError, missing, type ErrorDetails } from './domain-error.js';
import type { FieldFault } from './field-faults.js';
import { kindOfStatus } from './http-status.js';

export interface ErrorSpec<Details extends ErrorDetails | void = ErrorDetails | void> {
  /** One of HTTP_STATUS. */
  status: number;
  /** Says what is wrong, then what to do. */
  message: string | ((details: Details) => string);
}

/** Makes the error of one code. The code, its status and its place in the OpenAPI document come from the table. */
export interface ErrorFactory<Details extends ErrorDetails | void = void> {
  (details: Details, options?: ErrorOptions): DomainError;
  readonly code: string;
  readonly status: number;
}

type DetailsOf<Spec> = Spec extends { message: (details: infer Details) => string }
  ? Details extends ErrorDetails
    ? Details
    : void
  : void;

export type ErrorTable = Readonly<Record<string, ErrorFactory<never>>>;
export type ErrorsOf<Table> = { readonly [Code in keyof Table & string]: ErrorFactory<DetailsOf<Table[Code]>> };

/**
 * @returns a function for each code: `throw tasksErrors.duplicate_task({ title })`.
 * @throws TypeError for a status that no kind of error has, and for a code that is not snake_case.
 */
export function defineErrors<const Table extends Readonly<Record<string, ErrorSpec<never>>>>(
  table: Table,
): ErrorsOf<Table> {
  const factories = Object.entries(table).map(([code, { status, message }]) => {
    const kind = kindOfStatus(status);
    if (kind === undefined) throw new TypeError(`Invalid status ${status} of the error "${code}".`);
    if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(code))
      throw new TypeError(`Invalid error code "${code}": expected snake_case.`);
    const make = (details?: ErrorDetails, options?: ErrorOptions): DomainError => {
      const text = typeof message === 'string' ? message : (message as (details?: ErrorDetails) => string)(details);
      return new DomainError(kind, code, text, details, options);
    };
    return [code, Object.assign(make, { code, status })] as const;
  });
  return Object.freeze(Object.fromEntries(factories)) as unknown as ErrorsOf<Table>;
}

/** The entry of `<thing>_not_found`, also for another workspace's things. */
export function notFound(thing: string): { status: 404; message: (details: { id: string }) => string } {
  return { status: 404, message: ({ id }) => missing(thing, id) };
}

/** The message of an error whose details are faulty fields. */
export function faultyFields(faults: FieldFault[]): string {
  return faults.map(({ field, issue }) => `${field}: ${issue}`).join('; ');
}
