// The source of redis-server for tests: Debian packages, because there are no official binaries.
import type { ProgramSource } from '@mono/embedded';

export function redisServerSource(): ProgramSource {
  return {
    name: 'redis-server',
    variable: 'REDIS_SERVER_BIN',
    version: 'system',
    debianPackage: 'redis-server',
    // Debian's redis-server is a link to a program in the tools.
    debianParts: ['redis-tools'],
    brewFormula: 'redis',
  };
}
