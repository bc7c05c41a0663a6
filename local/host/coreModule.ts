import Module from 'node:module';

type Require = (this: unknown, id: string) => unknown;

/**
 * Answers `require('@azure/functions-core')` wherever it is written, in CommonJS or through `createRequire`, as the
 * real worker does: by replacing `Module.prototype.require` (setupCoreModule.ts of azure-functions-nodejs-worker).
 */
export function provideCoreModule(coreModule: object): void {
  const prototype = Module.prototype as unknown as { require: Require };
  prototype.require = new Proxy(prototype.require, {
    apply: (target, self, args: [string]) =>
      args[0] === '@azure/functions-core' ? coreModule : Reflect.apply(target, self, args),
  });
}
