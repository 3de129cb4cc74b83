import { Memberships } from '@mono/platform';

/** Members that have created webhooks. */
export const memberships = new Memberships('webhooks');
