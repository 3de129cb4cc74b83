// TLS to servers that are named by their addresses: the client library checks every one of those as `localhost`
// (nats-io/nats.js#303), so that the certificate of an address is checked here.
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { TlsOptions } from '@nats-io/transport-node';

/** PEM files. */
export interface BusTls {
  caFile?: string | undefined;
  certFile?: string | undefined;
  keyFile?: string | undefined;
}

/** @param hosts of the servers, names or addresses, without brackets. */
export function tlsOptions(files: BusTls, hosts: readonly string[]): TlsOptions {
  const given = Object.fromEntries(Object.entries(files).filter(([, file]) => file !== undefined));
  const addresses = hosts.filter((host) => isIP(host) !== 0);
  if (addresses.length === 0) return given;
  const check = (name: string, certificate: PeerCertificate): Error | undefined => {
    const refusals = addresses.map((address) => checkServerIdentity(address, certificate));
    if (refusals.includes(undefined)) return undefined;
    return name === 'localhost' ? refusals[0] : checkServerIdentity(name, certificate);
  };
  return { ...given, checkServerIdentity: check } as TlsOptions;
}
