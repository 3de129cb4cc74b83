// An occurrence's name in the path. What has not its form names nothing: 404 `<thing>_not_found`.
import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { NotFoundError } from '@mono/contract';
import { isOriginalStart } from '@mono/tasks/contract';

/** What a client's word contributes to an answer. */
const MAX_ECHO = 100;

class OriginalStartPipe implements PipeTransform<string, string> {
  constructor(private readonly thing: string) {}

  transform(value: string): string {
    if (!isOriginalStart(value)) throw new NotFoundError(this.thing, String(value).slice(0, MAX_ECHO).toWellFormed());
    return value;
  }
}

export function OriginalStartParam(thing: 'occurrence' | 'exception'): ParameterDecorator {
  return (target, method, index) => {
    const name = 'original_start';
    Param(name, new OriginalStartPipe(thing))(target, method, index);
    const descriptor = method === undefined ? undefined : Object.getOwnPropertyDescriptor(target, method);
    if (method === undefined || !descriptor) return;
    ApiParam({
      name,
      description: 'Which occurrence: its start by the rule.',
      schema: { type: 'string', example: '2026-05-04T09:00:00' },
    })(target, method, descriptor);
  };
}
