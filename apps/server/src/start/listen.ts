import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { callOnBusListening, StartUpError } from '@mono/platform';
import type { Configuration } from '../configuration.js';

const DEFAULT_PORT = 3_000;
const PORTS_TRIED = 100;

/**
 * On PORT exactly when it is set, else on 3000 or the next free one.
 * @param onTaken called with each port that another program has
 * @returns the URL.
 * @throws StartUpError
 */
export async function listen(
  application: NestFastifyApplication,
  { node }: Configuration,
  onTaken: (port: number) => void,
): Promise<string> {
  const { HOST, PORT } = node;
  const first = PORT ?? DEFAULT_PORT;
  await application.init();
  await application.startAllMicroservices();
  await callOnBusListening(application);
  // Nest's own listen would log a taken port as an error.
  const server = application.getHttpAdapter().getInstance();
  const last = PORT === undefined ? first + PORTS_TRIED : first;
  for (let port = first; port <= last; port += 1) {
    try {
      await server.listen({ port, host: HOST });
      return urlOf(application, HOST);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE' && port < last) {
        onTaken(port);
        continue;
      }
      throw explain(code, port, HOST, error);
    }
  }
  throw new StartUpError(`All ports from ${first} to ${last} are taken.`, 'Set PORT to a free one.');
}

function urlOf(application: NestFastifyApplication, host: string): string {
  const address = application.getHttpServer().address() as { port: number };
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${shown}:${address.port}`;
}

function explain(code: string | undefined, port: number, host: string, cause: unknown): unknown {
  if (code === 'EADDRINUSE')
    return new StartUpError(
      `Port ${port} is in use.`,
      'Set PORT to a free one, or unset it to take the next free one.',
      { cause },
    );
  if (code === 'EACCES')
    return new StartUpError(`This user may not listen on port ${port}.`, 'Set PORT to 1024 or above.', { cause });
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new StartUpError(
      `This machine has no address ${host}.`,
      'Set HOST to 127.0.0.1 or to an address of this machine.',
      { cause },
    );
  return cause;
}
