// Bodies of forms: of pages, and of mail programs that unsubscribe (RFC 8058).
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Public, TakesForm } from '@mono/platform';
import { startTestApplication, type TestApplication } from '../testing/test-application.js';

@Controller()
class Pages {
  @Post('page')
  @HttpCode(200)
  @TakesForm()
  press(@Body() body: object): object {
    return body;
  }

  @Post('v1/press')
  @Public()
  pressOverRest(): object {
    return {};
  }
}

let application: TestApplication;
beforeAll(async () => {
  application = await startTestApplication({ controllers: [Pages] });
});
afterAll(() => application?.close());

async function send(path: string, body: FormData | URLSearchParams | string, headers = {}) {
  const { status, ...answer } = await fetch(new URL(path, application.url), { method: 'POST', body, headers }).then(
    async (response) => ({ status: response.status, body: (await response.json()) as object }),
  );
  return [status, answer.body];
}

test('are urlencoded or multipart, and files are left out', async () => {
  const form = new FormData();
  form.set('List-Unsubscribe', 'One-Click');
  form.set('file', new File(['x'], 'x.txt'));
  expect(await send('page', form)).toEqual([200, { 'List-Unsubscribe': 'One-Click' }]);
  expect(await send('page', new URLSearchParams({ token: 'a b' }))).toEqual([200, { token: 'a b' }]);
});

test.each(['multipart/form-data; boundary=x', 'multipart/form-data'])(
  'a faulty %s is the client’s fault',
  async (type) => {
    expect(await send('page', 'nothing', { 'content-type': type })).toEqual([
      400,
      { error: expect.objectContaining({ code: 'invalid_form' }) },
    ]);
  },
);

test.each([new FormData(), new URLSearchParams()])('are of the wrong type for all other routes', async (form) => {
  expect(await send('v1/press', form)).toEqual([
    415,
    { error: expect.objectContaining({ code: 'unsupported_media_type' }) },
  ]);
});
