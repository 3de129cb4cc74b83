// Which URLs a subscription may have.
import { parseWebhookUrl } from './webhook-url.js';

const STRICT = { allowPrivate: false, allowHttp: true };
const LAN = { allowPrivate: true, allowHttp: true };
const PROD = { allowPrivate: false, allowHttp: false };

const faultOf = (url: string, policy = STRICT): string | undefined => {
  const parsed = parseWebhookUrl(url, policy);
  return 'fault' in parsed ? parsed.fault : undefined;
};

test.each([
  ['https://example.com/webhooks', 'example.com', 443],
  ['HTTPS://Example.COM:8443/a?token=b', 'example.com', 8443],
  ['http://example.com.:80/', 'example.com', 80],
  ['https://bücher.example/', 'xn--bcher-kva.example', 443],
  ['http://8.8.8.8/', '8.8.8.8', 80],
  ['https://[2606:4700:4700::1111]:1024/', '2606:4700:4700::1111', 1024],
])('%s is accepted', (url, host, port) => {
  expect(parseWebhookUrl(url, STRICT)).toMatchObject({ host, port });
});

const HIDDEN_LOOPBACK = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0x7f.1/',
  'http://0177.0.0.1/',
  'http://017700000001/',
  'http://127.0.0.1./',
  'http://１２７.0.0.1/',
  'http://①②⑦.⓪.⓪.①/',
  'http://127。0。0。1/',
  'http://%31%32%37.0.0.1/',
  'http://[::1]/',
  'http://[0:0:0:0:0:0:0:1]/',
];
const HIDDEN_ELSEWHERE = [
  'http://0/',
  'http://0.0.0.0:8080/',
  'http://[::]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[::127.0.0.1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[fe80::1]/',
  'http://169.254.169.254/latest/meta-data/',
  'http://169.254.43518/',
  'http://2852039166/',
  'http://0xA9FEA9FE/',
  'http://255.255.255.255/',
];
const LOCAL_NAMES = [
  'http://localhost/',
  'http://LOCALHOST./',
  'http://loc\u00ADalhost/',
  'http://%6c%6f%63alhost/',
  'http://mono.localhost/',
  'http://ⓛocalhost/',
  'http://intranet/',
  'http://intranet./',
];
const PRIVATE = 'must have a public host, not a private or reserved one';

test.each([...HIDDEN_LOOPBACK, ...HIDDEN_ELSEWHERE, ...LOCAL_NAMES])('%s is refused for its host', (url) => {
  expect(faultOf(url)).toBe(PRIVATE);
});

test.each([...HIDDEN_LOOPBACK, ...LOCAL_NAMES])('%s is accepted on a LAN', (url) => {
  expect(faultOf(url, LAN)).toBeUndefined();
});

test.each(HIDDEN_ELSEWHERE)('%s is refused on a LAN, too', (url) => {
  expect(faultOf(url, LAN)).toBe(PRIVATE);
});

const NOT_A_URL = 'must be an absolute URL such as https://example.com/webhooks';
const AMBIGUOUS = 'must have no white space, backslashes or control characters';

test.each([
  ['', NOT_A_URL],
  ['example.com', NOT_A_URL],
  ['//example.com/', NOT_A_URL],
  ['http:127.0.0.1', NOT_A_URL],
  ['http:/127.0.0.1/', NOT_A_URL],
  ['file:///etc/passwd', NOT_A_URL],
  ['gopher://example.com/', NOT_A_URL],
  ['javascript://example.com/%0aalert(1)', NOT_A_URL],
  ['unix:///var/run/docker.sock', NOT_A_URL],
  ['https://', NOT_A_URL],
  ['https://[fe80::1%25eth0]/', NOT_A_URL],
  ['https://1.2.3.4.5/', NOT_A_URL],
  ['https://127.0.0.1%00.example.com/', NOT_A_URL],
  ['https://example.com:99999/', NOT_A_URL],
  ['http:\\\\127.0.0.1\\', AMBIGUOUS],
  ['https://example.com\\@127.0.0.1/', AMBIGUOUS],
  ['https://exam\nple.com/', AMBIGUOUS],
  [' https://example.com/', AMBIGUOUS],
  ['https://example.com/\r\nX-Injected: 1', AMBIGUOUS],
  ['https://example.com/\u0000', AMBIGUOUS],
  ['https://ada@example.com/', 'must have no user name and no password'],
  ['https://ada:secret@example.com/', 'must have no user name and no password'],
  ['https://example.com@127.0.0.1/', 'must have no user name and no password'],
  ['https://127.0.0.1#@example.com/', 'must have no fragment'],
  ['https://example.com/#', 'must have no fragment'],
  ['https://example.com:22/', 'must have the port 80, 443, or one from 1024'],
  ['https://example.com:25/', 'must have the port 80, 443, or one from 1024'],
  ['https://example.com:0/', 'must have the port 80, 443, or one from 1024'],
  [`https://example.com/${'a'.repeat(2_048)}`, 'must have at most 2048 characters'],
])('%j is refused: %s', (url, fault) => {
  expect(faultOf(url, LAN)).toBe(fault);
});

test('http is refused where HTTPS is required', () => {
  expect(faultOf('http://example.com/', PROD)).toBe('must be an https URL');
  expect(faultOf('https://example.com/', PROD)).toBeUndefined();
});
