import { join } from 'node:path';
import { Instances } from '@mono/embedded';

/** @throws Error for an invalid URL, or if none is given and no instance runs here. */
export function instanceUrl({ url, dataDirectory }: { url: string | undefined; dataDirectory: string }): string {
  const found = url || new Instances(join(dataDirectory, 'instances')).living().find((one) => one.url !== '')?.url;
  if (found === undefined) throw new Error('No instance runs here: start one, or pass --url.');
  if (!/^https?:\/\/./.test(found) || !URL.canParse(found))
    throw new Error(`Invalid URL "${found}": expected one such as http://127.0.0.1:3000.`);
  return found;
}
