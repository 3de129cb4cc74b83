// Two weeks of a bicycle shop, as calls of the API. Each sentence is printed after it was checked.
import { Caller } from './caller.ts';
import { closeShop, openShop } from './people.ts';
import { Story } from './story.ts';
import * as first from './week-one.ts';
import * as second from './week-two.ts';

const { MONO = 'http://127.0.0.1:3000', KEY } = process.env;
if (!KEY) {
  process.stderr.write(
    'KEY must be an API key with the scope operator, such as the one that the first start printed.\n',
  );
  process.exit(1);
}

const story = new Story((line) => process.stdout.write(`${line}\n`));
const operator = new Caller(MONO, KEY);
const shop = await openShop(operator, story);
await first.moveIn(shop, story);
await first.repeat(shop, story);
await first.work(shop, story);
await first.find(shop, story);
await first.useABoard(shop, story);
await second.changePlans(shop, story);
await second.tidyUp(shop, story);
await second.subscribe(shop, story);
await second.bookHours(shop, story);
await second.sayGoodbye(shop, story);
await closeShop(operator, shop, story);
