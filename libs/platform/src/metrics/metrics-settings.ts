import { text } from '../config/settings.js';

export const metricsSettings = {
  METRICS_USER: text({ description: 'User for GET /metrics (Basic auth), together with METRICS_PASSWORD.' }),
  METRICS_PASSWORD: text({
    description: 'Password for GET /metrics. Without it /metrics is open, in prod off.',
    secret: true,
  }),
};
