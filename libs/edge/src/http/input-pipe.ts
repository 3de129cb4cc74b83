// Nest's pipe in front of readInput: bodies and queries become instances of the classes that controllers name.
import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { InvalidInputError, isInputClass, readInput, type InputClass } from '@mono/contract';

@Injectable()
export class InputPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type !== 'body' && type !== 'query') return value;
    if (!isInputClass(metatype)) return value;
    // Without a required field, the body itself is optional.
    return readInput(metatype, value === undefined && takesNothing(metatype) ? {} : value, type);
  }
}

function takesNothing(type: InputClass): boolean {
  try {
    readInput(type, {}, 'body');
    return true;
  } catch (error) {
    if (error instanceof InvalidInputError) return false;
    throw error;
  }
}
