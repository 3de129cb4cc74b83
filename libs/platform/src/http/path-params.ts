import { Injectable, type PipeTransform } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { NotFoundError } from '@mono/contract';

/** The maximum length of a client's value in a response, in characters. */
const MAX_ECHO = 100;

@Injectable()
export class ExistingIdPipe implements PipeTransform<string, string> {
  constructor(private readonly thing: string) {}

  transform(id: string): string {
    if (!isUUID(id)) throw new NotFoundError(this.thing, id.slice(0, MAX_ECHO));
    return id.toLowerCase();
  }
}
