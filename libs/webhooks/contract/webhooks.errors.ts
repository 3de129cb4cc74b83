import { defineErrors, notFound } from '@mono/contract';

export const webhooksErrors = defineErrors({
  webhook_not_found: notFound('webhook'),
});
