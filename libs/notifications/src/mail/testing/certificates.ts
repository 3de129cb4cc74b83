// A CA and a certificate that it signed for this machine, built as DER, so that tests need neither openssl nor a file that
// expires.
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

export interface TestCertificates {
  /** PEM. */
  ca: string;
  cert: string;
  key: string;
}

/** For 127.0.0.1 and localhost, valid for a day before and after now. */
export function makeCertificates(): TestCertificates {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { name: `Test authority ${randomBytes(4).toString('hex')}`, key: authority.privateKey };
  return {
    ca: certificate(issuer, issuer.name, authority.publicKey, [IS_AUTHORITY]),
    cert: certificate(issuer, 'localhost', server.publicKey, [THIS_MACHINE]),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function certificate(
  issuer: { name: string; key: KeyObject },
  subject: string,
  publicKey: KeyObject,
  extensions: readonly Buffer[],
): string {
  const body = sequence(
    der(0xa0, integer([2])),
    integer([1, ...randomBytes(8)]),
    ECDSA_WITH_SHA256,
    nameOf(issuer.name),
    sequence(timeIn(-1), timeIn(1)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const whole = sequence(body, ECDSA_WITH_SHA256, der(0x03, Buffer.of(0), sign('sha256', body, issuer.key)));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return der(0x30, ...contents);
}

function integer(bytes: readonly number[]): Buffer {
  return der(0x02, Buffer.from(bytes));
}

function objectId(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(objectId('550403'), der(0x0c, Buffer.from(commonName)))));
}

function timeIn(days: number): Buffer {
  const time = new Date(Date.now() + days * 86_400_000).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(time));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(objectId(id), der(0x04, value));
}

const ECDSA_WITH_SHA256 = sequence(objectId('2a8648ce3d040302'));
const IS_AUTHORITY = extension('551d13', sequence(der(0x01, Buffer.of(0xff))));
const THIS_MACHINE = extension(
  '551d11',
  sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.of(127, 0, 0, 1))),
);
