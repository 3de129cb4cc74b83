import { text, url } from '../config/settings.js';

export const jobsSettings = {
  REDIS_URL: url(['redis', 'rediss'], {
    description:
      'Redis for jobs instead of PostgreSQL; it must keep its data and have the `maxmemory-policy` `noeviction`.',
  }),
  REDIS_TLS_CA_FILE: text({
    description: 'PEM file of the authority that signed the certificate of a `rediss://` `REDIS_URL`.',
  }),
};
