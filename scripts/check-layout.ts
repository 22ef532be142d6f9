import { isGenerated, isTest, listSourceFiles, readSource } from './source-files.ts';

const MOST_LINES = 300;
const CODE = /\.(ts|cjs|js|svelte|css|sql|html)$/;
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;
const KIT_FILE = /^\+(page|layout|server|error)(@[a-z]*)?(\.server)?\.(ts|svelte)$/;
const KIT_FOLDER = /^(\[{1,2}(\.\.\.)?[a-z_]+(=[a-z]+)?\]{1,2}|\([a-z-]+\))(-?\[[a-z_]+\])*$/;
const VAGUE = /^(utils?|helpers?|common|shared|misc|managers?|services?|handlers?)$/;
// The one name with a vague word that is not ours to choose.
const KIT_SERVICE_WORKER = /^apps\/[^/]+\/src\/service-worker\.ts$/;
const FEATURE_FILE = /^apps\/[^/]+\/src\/server\/[^/]+\/(.+)$/;
// Near misses of -queries, -schemas, -api, -pages: one name for each thing.
const OTHER_ROLE =
  /(^|-)(query|schema|route|routes|controller|repository|repo|model|types|dto|actions|mutations|page)(\.test)?\.ts$/;
const ROLE_WITHOUT_NOUN = /^(queries|schemas|api|pages)(\.test)?\.ts$/;

/** Names and sizes of files; a complaint for each that is not as CONTRIBUTING.md says. */
export function checkLayout(root: string): string[] {
  return listSourceFiles(root).flatMap((path) => [
    ...complainOfNames(path),
    ...complainOfFeature(path),
    ...complainOfSize(root, path),
  ]);
}

function complainOfNames(path: string): string[] {
  const complaints: string[] = [];
  const segments = path.split('/');
  const file = segments.pop() ?? '';
  for (const folder of segments) {
    if (!KEBAB.test(folder.replace(/^\./, '')) && !KIT_FOLDER.test(folder))
      complaints.push(`${path}: the folder ${folder} is not kebab-case`);
  }
  if (!isGoodFileName(file, segments.length)) complaints.push(`${path}: the name is not kebab-case`);
  if (/^index\.[jt]s$/.test(file)) complaints.push(`${path}: no barrels; import from the file itself`);
  const vague = [...segments, file].flatMap((name) => name.split(/[-.]/)).find((word) => VAGUE.test(word));
  if (vague && !KIT_SERVICE_WORKER.test(path)) complaints.push(`${path}: "${vague}" says nothing; name what it does`);
  return complaints;
}

function isGoodFileName(file: string, depth: number): boolean {
  if (depth === 0 && /^([A-Z]+(\.md)?|\.[a-z.-]+)$/.test(file)) return true;
  if (/^[A-Z][A-Za-z0-9]*\.svelte$/.test(file)) return true;
  if (/^[0-9]{4}_[a-z0-9_]+\.sql$/.test(file)) return true;
  return KIT_FILE.test(file) || KEBAB.test(file.replace(/^\./, ''));
}

function complainOfFeature(path: string): string[] {
  const file = FEATURE_FILE.exec(path)?.[1];
  if (file === undefined) return [];
  if (file.includes('/')) return [`${path}: a feature folder is flat; a second noun is a second folder`];
  if (!file.endsWith('.ts')) return [`${path}: a feature folder holds TypeScript only`];
  if (OTHER_ROLE.test(file)) return [`${path}: is called -queries, -schemas, -api or -pages, or after what it does`];
  if (ROLE_WITHOUT_NOUN.test(file)) return [`${path}: the name starts with the noun, e.g. booking-${file}`];
  return [];
}

function complainOfSize(root: string, path: string): string[] {
  if (!CODE.test(path) || isTest(path) || isGenerated(path)) return [];
  const lines = readSource(root, path).trimEnd().split('\n').length;
  return lines > MOST_LINES ? [`${path}: ${lines} lines; ${MOST_LINES} at most, a second idea is a second file`] : [];
}
