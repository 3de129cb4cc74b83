import type { Principal } from '@mono/contract';

export const TEST_PRINCIPAL: Principal = {
  kind: 'api_key',
  id: '0198b6c2-5f5e-7c3a-9d0e-00000000000a',
  workspaceId: '0198b6c2-5f5e-7c3a-9d0e-00000000000b',
  scopes: ['*'],
};
