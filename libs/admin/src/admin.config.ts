import { defineConfig, integer, sharedSecrets } from '@mono/platform';

export const adminConfig = defineConfig('admin', {
  AUDIT_SECRET: sharedSecrets({
    description:
      'Signs the audit trail. Current secret first; earlier ones verify older rows. Required with `DATABASE_URL`; otherwise generated and stored in `DATA_DIR`.',
    least: 16,
    keptAs: 'audit-secret',
  }),
  AUDIT_RETENTION_DAYS: integer({
    description: 'Retention of audit rows, in days. Default: unlimited.',
    min: 1,
    max: 36_500,
  }),
});
