// Derived classes, as they read input and as OpenAPI documents them.
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { DateField, EnumField, IntegerField, ObjectField, TextField } from './fields.js';
import { readInput } from './input-reader.js';
import { OmitType, PartialType, PickType } from './mapped-types.js';

class Orbit {
  @IntegerField({ description: 'Of the orbit.', min: 1, max: 999 })
  days: number;
}

class Star {
  @TextField({ description: 'The name.', example: 'Vega', min: 1, max: 10 })
  name: string;

  @EnumField({ description: 'The colour.', values: ['red', 'blue'], enumName: 'Colour', default: 'red' })
  colour: string;

  @TextField({ description: 'A note.', nullable: true })
  note: string | null;

  @ObjectField(() => Orbit, { description: 'The orbit.' })
  orbit: Orbit;

  @IntegerField({ description: 'The page.', min: 1, max: 9, fromQuery: true })
  page: number;

  @DateField({ description: 'The first observation.', optional: true })
  seen_on?: string;
}

class StarPatch extends PartialType(PickType(Star, ['name', 'colour', 'note', 'orbit'])) {}
class StarQuery extends PickType(Star, ['page']) {}
class StarRest extends OmitType(Star, ['name', 'orbit', 'page']) {}

/** Redeclares what differs. */
class CreateStar extends PartialType(OmitType(Star, ['page']), ['colour', 'note']) {
  @EnumField({
    description: 'The colour.',
    values: ['red', 'blue'],
    enumName: 'Colour',
    default: 'blue',
    optional: true,
  })
  override colour?: string;
}

function faultsOf(type: new () => object, value: object): unknown {
  try {
    readInput(type, value, 'body');
  } catch (error) {
    return (error as { details: unknown }).details;
  }
  return [];
}

test('fields of a patch may be absent, and null only where they were', () => {
  expect(readInput(StarPatch, {}, 'body')).toEqual({});
  expect(readInput(StarPatch, { note: null }, 'body')).toEqual({ note: null });
  expect(faultsOf(StarPatch, { name: null, colour: null, orbit: null })).toEqual([
    { field: 'name', code: 'wrong_type', issue: 'must be a string' },
    { field: 'colour', code: 'not_one_of', issue: 'must be one of red, blue', limits: { allowed: ['red', 'blue'] } },
    { field: 'orbit', code: 'wrong_type', issue: 'must be an object' },
  ]);
});

test('rules, nested classes and the reading of query text are those of the class', () => {
  expect(faultsOf(StarPatch, { name: '', orbit: { days: 0 } })).toEqual([
    { field: 'name', code: 'too_short', issue: 'must have at least 1 character', limits: { min_length: 1 } },
    {
      field: 'orbit.days',
      code: 'out_of_range',
      issue: 'must be an integer from 1 to 999',
      limits: { min: 1, max: 999 },
    },
  ]);
  expect(readInput(StarQuery, { page: '7' }, 'query')).toEqual({ page: 7 });
  expect(readInput(StarPatch, { orbit: { days: 7 } }, 'body').orbit).toBeInstanceOf(Orbit);
});

test('fields that are left out are unknown', () => {
  expect(faultsOf(StarRest, { colour: 'red', note: null, name: 'Vega' })).toEqual([
    { field: 'name', code: 'unknown', issue: 'is not known' },
  ]);
});

test('only the named fields become optional', () => {
  expect(faultsOf(CreateStar, {})).toEqual([
    { field: 'name', code: 'required', issue: 'is required' },
    { field: 'orbit', code: 'required', issue: 'is required' },
  ]);
  expect(readInput(CreateStar, { name: 'Vega', orbit: { days: 7 } }, 'body')).toEqual({
    name: 'Vega',
    orbit: { days: 7 },
  });
  expect(faultsOf(CreateStar, { name: 'Vega', orbit: { days: 7 }, colour: 'green' })).toEqual([
    { field: 'colour', code: 'not_one_of', issue: 'must be one of red, blue', limits: { allowed: ['red', 'blue'] } },
  ]);
});

test('instances are those of the derived class, and the class that it comes from is unchanged', () => {
  expect(readInput(StarPatch, { name: 'Vega' }, 'body')).toBeInstanceOf(StarPatch);
  expect(faultsOf(Star, {})).toHaveLength(5);
});

test('the documentation is that of the class, in its order, without defaults where a field may be absent', async () => {
  const module = await Test.createTestingModule({}).compile();
  const application = module.createNestApplication(new FastifyAdapter(), { logger: false });
  const extraModels = [Star, StarPatch, CreateStar];
  const { components } = SwaggerModule.createDocument(application, new DocumentBuilder().build(), { extraModels });
  await application.close();
  const schemas = (components?.schemas ?? {}) as Record<string, Schema>;
  const schemaOf = (name: string): Schema => schemas[name] ?? { properties: {} };
  const { name, colour, note, orbit } = schemaOf('Star').properties;
  const patch = { name, colour: { ...colour, default: undefined }, note, orbit };
  expect(schemaOf('StarPatch')).toEqual({ type: 'object', properties: patch });
  expect(Object.keys(schemaOf('StarPatch').properties)).toEqual(Object.keys(patch));
  const { properties, required } = schemaOf('CreateStar');
  expect(Object.keys(properties)).toEqual(['name', 'colour', 'note', 'orbit', 'seen_on']);
  expect(required).toEqual(['name', 'orbit']);
  expect(properties['colour']).toEqual({ ...colour, default: 'blue' });
});

interface Schema {
  properties: Record<string, object>;
  required?: string[];
}
