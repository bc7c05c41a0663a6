import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files of infra/ by their path in it, as text; what a test asks is asked of these, changed copies included. */
export type Infra = ReadonlyMap<string, string>;

export function readInfra(): Infra {
  const files = readdirSync('infra', { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(bicep|json)$/.test(file),
  );
  return new Map(files.sort().map((file) => [file, readFileSync(join('infra', file), 'utf8')]));
}

/** A copy in which one place reads otherwise. Throws where there is no such place: a change that changes nothing shows nothing. */
export function changed(infra: Infra, file: string, from: string | RegExp, to: string): Infra {
  const text = textOf(infra, file);
  const next = text.replace(from, to);
  if (next === text) throw new Error(`infra/${file} holds no ${from}`);
  return new Map([...infra, [file, next]]);
}

/** Without its comments, so that nothing is found that is only spoken of. */
export function textOf(infra: Infra, file: string): string {
  const text = infra.get(file);
  if (text === undefined) throw new Error(`There is no infra/${file}`);
  return file.endsWith('.bicep') ? text.replaceAll(/^\s*\/\/.*$/gm, '') : text;
}

export function jsonOf<T>(infra: Infra, file: string): T {
  return JSON.parse(textOf(infra, file)) as T;
}

/** All Bicep files, comments apart. */
export function bicepOf(infra: Infra): { file: string; text: string }[] {
  const files = [...infra.keys()].filter((file) => file.endsWith('.bicep'));
  return files.map((file) => ({ file, text: textOf(infra, file) }));
}

export interface Parameter {
  name: string;
  type: string;
  /** As it is written; `null` where there is none, so that one must be given. */
  standard: string | null;
  isSecure: boolean;
  isDescribed: boolean;
  /** Whether its length, its range or its values are bounded; a Boolean is by itself. */
  isBounded: boolean;
}

/** The parameters of one Bicep file. Decorators stand above their parameter, each on a line of its own. */
export function parametersOf(text: string): Parameter[] {
  return [...text.matchAll(/((?:^@.*\n)*)^param (\w+) ([^=\n]+?)(?: = (.+))?$/gm)].map(
    ([, decorators = '', name = '', type = '', standard]) => ({
      name,
      type,
      standard: standard ?? null,
      isSecure: decorators.includes('@secure()'),
      isDescribed: /^@description\('.+'\)$/m.test(decorators),
      isBounded: /^@(allowed|minLength|maxLength|minValue|maxValue)\(/m.test(decorators) || type === 'bool',
    }),
  );
}

/** What stands between the bracket that ends `opening` and its counterpart. Brackets inside of texts come in pairs. */
export function blockAfter(text: string, opening: string): string {
  const start = text.indexOf(opening);
  if (start < 0) throw new Error(`There is no ${opening}`);
  const from = start + opening.length;
  let depth = 1;
  for (let i = from; i < text.length; i += 1) {
    if ('{[('.includes(text.charAt(i))) depth += 1;
    if ('}])'.includes(text.charAt(i))) depth -= 1;
    if (depth === 0) return text.slice(from, i);
  }
  throw new Error(`${opening} has no end`);
}

/** The names of an object's own properties, each on a line of its own. */
export function keysOf(block: string): string[] {
  const indentation = /\n( +)\S/.exec(block)?.[1] ?? '';
  return [...block.matchAll(new RegExp(`^${indentation}(\\w+):`, 'gm'))].map(([, key = '']) => key);
}
