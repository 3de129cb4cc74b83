import { Injectable, type PipeTransform } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { NotFoundError, isStorableText } from '@mono/contract';

/** What a client's word contributes to an answer. */
const MAX_ECHO = 100;

@Injectable()
export class ExistingIdPipe implements PipeTransform<string, string> {
  constructor(private readonly thing: string) {}

  transform(id: string): string {
    if (!isUUID(id)) throw new NotFoundError(this.thing, id.slice(0, MAX_ECHO));
    return id.toLowerCase();
  }
}

@Injectable()
export class ExistingNamePipe implements PipeTransform<string, string> {
  constructor(private readonly thing: string) {}

  transform(name: string): string {
    if (!isStorableText(name)) throw new NotFoundError(this.thing, name.slice(0, MAX_ECHO).toWellFormed());
    return name;
  }
}
