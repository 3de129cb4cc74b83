// Pages of other origins: those that are named may call and read, also what is refused; others may not.
import type { ServerProcess } from '../support/server-process.ts';
import { sharedInstallation, type SharedServer } from '../support/shared-installation.ts';

const FRIEND = 'https://app.example';
const STRANGER = 'https://evil.example';

function allowed(answer: Response): string | null {
  return answer.headers.get('access-control-allow-origin');
}

function preflight({ url }: SharedServer, origin: string): Promise<Response> {
  return fetch(new URL('/v1/tasks', url), {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });
}

describe('pages of other origins', () => {
  let open: ServerProcess;
  let closed: SharedServer;

  beforeAll(async () => {
    const installation = await sharedInstallation();
    closed = installation.server;
    open = await installation.startNode({ CORS_ORIGINS: FRIEND, MODULES: 'tasks' });
  });
  afterAll(() => open?.stop());

  test('a named one may ask, without a credential', async () => {
    const answer = await preflight(open, FRIEND);
    expect([answer.status, allowed(answer)]).toEqual([204, FRIEND]);
    expect(answer.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(answer.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('and reads what it is answered, refusals as well', async () => {
    const answer = await open.api.get('/v1/lists', { origin: FRIEND });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, FRIEND]);
    expect(answer.headers.get('access-control-expose-headers')).toContain('ETag');
    const refused = await fetch(new URL('/v1/lists', open.url), { headers: { origin: FRIEND } });
    expect([refused.status, allowed(refused)]).toEqual([401, FRIEND]);
  });

  test('another one reads nothing, and none where none is named', async () => {
    for (const [server, origin] of [
      [open, STRANGER],
      [closed, FRIEND],
    ] as const) {
      const answer = await preflight(server, origin);
      expect(allowed(answer)).toBeNull();
      expect((await server.api.get('/v1/lists', { origin })).headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});
