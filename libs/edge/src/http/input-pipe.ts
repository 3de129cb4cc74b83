// Nest's pipe in front of readInput: bodies and queries become instances of the classes that controllers name.
import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { InvalidInputError, isInputClass, readInput, type InputClass } from '@mono/contract';

@Injectable()
export class InputPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type !== 'body' && type !== 'query') return value;
    if (!isInputClass(metatype)) return value;
    return value === undefined ? readNothing(metatype, type) : readInput(metatype, value, type);
  }
}

/** Without a required field, the body itself is optional. */
function readNothing(type: InputClass, what: string): unknown {
  try {
    return readInput(type, {}, what);
  } catch (error) {
    if (error instanceof InvalidInputError) return readInput(type, undefined, what);
    throw error;
  }
}
