import { text } from '../config/settings.js';

export const metricsSettings = {
  METRICS_USER: text({ description: 'User name of `GET /metrics` (Basic auth). Requires `METRICS_PASSWORD`.' }),
  METRICS_PASSWORD: text({
    description: 'Password of `GET /metrics`. Without it, metrics are open, and disabled in `prod`.',
    secret: true,
  }),
};
