/** Where this library says what it does: pino's shape, any logger of that shape will do. */
export interface BusLogger {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
