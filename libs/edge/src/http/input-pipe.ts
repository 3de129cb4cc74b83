// Nest's pipe in front of readInput: bodies and queries become instances of the classes that controllers name.
import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { isInputClass, readInput } from '@mono/contract';

@Injectable()
export class InputPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type !== 'body' && type !== 'query') return value;
    return isInputClass(metatype) ? readInput(metatype, value, type) : value;
  }
}
