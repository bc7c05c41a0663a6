import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const FOLDER = resolve(__dirname, '../..');

/** What the checks hold a page against. */
export interface Known {
  /** Scripts of package.json. */
  scripts: ReadonlySet<string>;
  /** Settings, inputs, and what else is written in capitals. */
  settings: ReadonlySet<string>;
}

/** Written in capitals and a setting of nothing here: of GitHub, of azd, or of Azure itself. */
const NAMES_OF_OTHERS = ['AZURE_CLIENT_ID', 'AZURE_SUBSCRIPTION_ID', 'ROSTER_JSON'];

export function readKnown(): Known {
  const jsonOf = (path: string): unknown => JSON.parse(readFileSync(join(FOLDER, path), 'utf8'));
  const textOf = (path: string) => readFileSync(join(FOLDER, path), 'utf8');
  const { scripts } = jsonOf('package.json') as { scripts: object };
  const { Values } = jsonOf('local.settings.example.json') as { Values: object };
  const deployed = Object.keys(jsonOf('infra/appSettings.json') as object);
  const inputs = [...textOf('infra/main.parameters.json').matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
  const outputs = [...textOf('infra/main.bicep').matchAll(/^output (\w+)/gm)].map(([, name = '']) => name);
  return {
    scripts: new Set(Object.keys(scripts)),
    settings: new Set([...Object.keys(Values), ...deployed, ...inputs, ...outputs, ...NAMES_OF_OTHERS]),
  };
}

/** Paths from the project's folder: README, CHANGELOG and everything under docs/. */
export function listPages(): string[] {
  const docs = readdirSync(join(FOLDER, 'docs'), { recursive: true, encoding: 'utf8' });
  return [
    'README.md',
    'CHANGELOG.md',
    ...docs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
  ];
}

/** Everything in a page that leads nowhere, one line each. `text` in place of the file is for tests of the checks. */
export function faultsOf(page: string, known: Known, text = readFileSync(join(FOLDER, page), 'utf8')): string[] {
  return [
    ...brokenLinks(page, text),
    ...unknownScripts(text, known),
    ...unknownSettings(text, known),
    ...missingFiles(text),
  ];
}

function brokenLinks(page: string, text: string): string[] {
  const targets = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^(https?|mailto):/.test(target))
    .flatMap((target) => brokenLink(page, text, target));
}

function brokenLink(page: string, text: string, target: string): string[] {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : relative(FOLDER, resolve(FOLDER, dirname(page), path));
  if (path !== '' && !existsSync(join(FOLDER, file))) return [`links to ${target}, and there is no such file`];
  if (anchor === undefined) return [];
  const linked = path === '' ? text : readFileSync(join(FOLDER, file), 'utf8');
  return anchorsOf(linked).has(anchor) ? [] : [`links to ${target}, and there is no such heading`];
}

/** As GitHub makes them of headings; a second heading of the same words gets `-1`. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutBlocks(text).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

function unknownScripts(text: string, { scripts }: Known): string[] {
  const named = [...text.matchAll(/\bnpm run (?:-s )?([a-z][\w:-]*)/g)].map(([, name = '']) => name);
  return [...new Set(named)].filter((name) => !scripts.has(name)).map((name) => `npm run ${name} is no script`);
}

/** Of what stands between backticks: a name in capitals with an underscore, perhaps with its value. */
function unknownSettings(text: string, { settings }: Known): string[] {
  const named = [...withoutBlocks(text).matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g)];
  const names = new Set(named.map(([, name = '']) => name));
  return [...names].filter((name) => !settings.has(name)).map((name) => `${name} is no setting`);
}

const PATH = /`((?:functions|shared|local|cli|test|scripts|infra|docs)\/[\w./-]+\.(?:ts|json|md|bicep|sh|ps1|kql))`/g;

function missingFiles(text: string): string[] {
  const named = [...text.matchAll(PATH)].map(([, path = '']) => path);
  return named.filter((path) => !existsSync(join(FOLDER, path))).map((path) => `${path} does not exist`);
}

const withoutBlocks = (text: string) => text.replace(/^( *)```[\s\S]*?^\1```/gm, '');
const withoutCode = (text: string) => withoutBlocks(text).replace(/`[^`\n]*`/g, '');
