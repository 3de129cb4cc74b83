import { HttpException } from '@nestjs/common';
import { DatabaseError } from 'pg';
import { ConflictError, DomainError, NotFoundError, UnavailableError } from '@mono/contract';
import { toHttpFault } from './http-fault.js';

function databaseError(code: string): DatabaseError {
  return Object.assign(new DatabaseError('refused by the database', 0, 'error'), { code });
}

describe('a thrown value has one response', () => {
  test.each([
    [new NotFoundError('task', 'x'), 404, 'task_not_found'],
    [new ConflictError('duplicate_task', 'There is one.'), 409, 'duplicate_task'],
    [new UnavailableError('Not now.'), 503, 'unavailable'],
    [databaseError('57014'), 503, 'unavailable'],
    [databaseError('40P01'), 503, 'unavailable'],
    [databaseError('42P01'), 500, 'internal_error'],
    [new HttpException('No.', 404), 404, 'not_found'],
    [new HttpException('Broken: secret.', 502), 500, 'internal_error'],
    [Object.assign(new Error('aborted'), { statusCode: 400 }), 400, 'bad_request'],
    [Object.assign(new Error('secret'), { statusCode: 599 }), 500, 'internal_error'],
    [Object.assign(new Error('too large'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE' }), 413, 'payload_too_large'],
    [new TypeError('secret'), 500, 'internal_error'],
    ['a string', 500, 'internal_error'],
    [undefined, 500, 'internal_error'],
  ])('%s: %d %s', (error, status, code) => {
    const fault = toHttpFault(error);
    expect(fault).toMatchObject({ status, code });
    expect(fault.message).not.toContain('secret');
  });

  test('a transient fault has Retry-After', () => {
    for (const error of [new UnavailableError('Not now.'), databaseError('57014')])
      expect(toHttpFault(error).headers).toEqual({ 'retry-after': '1' });
    const limited = new DomainError('rate_limited', 'rate_limited', 'Too many.', { retry_after: 6.2 });
    expect(toHttpFault(limited).headers).toEqual({ 'retry-after': '7' });
  });

  test('401 has WWW-Authenticate', () => {
    const error = new DomainError('unauthorized', 'unauthorized', 'Who?');
    expect(toHttpFault(error).headers).toEqual({ 'www-authenticate': 'Bearer' });
  });
});
