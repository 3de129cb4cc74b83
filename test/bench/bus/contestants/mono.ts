import { PAYLOAD, type Contestant } from '../contestant.ts';
import { echo, node, serve } from './mono-nodes.ts';

export async function start(natsUrl: string): Promise<Contestant> {
  await serve(await node(natsUrl));
  const client = await node(natsUrl);
  const principal = { kind: 'api_key', id: 'k1', workspaceId: 'w1', scopes: ['*'] };
  return {
    call: () => client.request(echo, PAYLOAD, { principal, requestId: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e' }),
  };
}
