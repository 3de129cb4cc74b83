import { text, url } from '../config/settings.js';

export const jobsSettings = {
  REDIS_URL: url(['redis', 'rediss'], {
    description:
      'Redis server for jobs. Requires persistence and the `maxmemory-policy` `noeviction`. Default: jobs are stored in PostgreSQL.',
  }),
  REDIS_TLS_CA_FILE: text({
    description: 'PEM file of the CA that signed the certificate of a `rediss://` `REDIS_URL`.',
  }),
};
