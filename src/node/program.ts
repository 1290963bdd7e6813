import { extname, join } from "node:path";

/**
 * Returns the path of a program that is started as a process of its own, from the module beside it: a `.ts` file among the
 * sources, a `.js` file in the package, where all are compiled.
 */
export function programBeside(module: ImportMeta, name: string): string {
  return join(module.dirname, name + extname(module.filename));
}
