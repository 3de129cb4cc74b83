import type { Command } from 'commander';
import type { Cli } from './cli.js';

export function registerGenerate(program: Command, cli: Cli): void {
  const generate = program.command('generate').description('generate code in a checkout of Mono');
  generate
    .command('module')
    .description('generate a feature module with one resource')
    .argument('<name>', 'name of the module (kebab-case)')
    .option('--resource <name>', 'its resource in the singular (kebab-case; default: from the name)')
    .option('--plural <name>', 'its resource in the plural (default: by the rules of English)')
    .action(async (name: string, options: { resource?: string; plural?: string }) => {
      const { generateModule } = await import('./generate/generate-module.js');
      await generateModule(process.cwd(), name, options, cli.say);
    });
  generate
    .command('operation')
    .description('generate an operation with its handler')
    .argument('<module>', 'name of the module')
    .argument('<name>', 'name of the operation (camelCase)')
    .option('--in <topic>', 'contract/<topic>.operations.ts (default: the only one of the module)')
    .action(async (module: string, name: string, options: { in?: string }) => {
      const { generateOperation } = await import('./generate/generate-operation.js');
      await generateOperation(process.cwd(), module, name, options, cli.say);
    });
}
