import { isEntryPoint, isGenerated, isTest, listSourceFiles, readSource } from './source-files.ts';

interface SourceRule {
  reason: string;
  pattern: RegExp;
  appliesTo(path: string): boolean;
}

// What neither Biome nor dependency-cruiser can say. A bracket keeps a pattern from finding itself.
const RULES: readonly SourceRule[] = [
  {
    reason: 'finish it, or file an issue',
    pattern: /\b(TOD[O]|FIXM[E])\b/,
    appliesTo: () => true,
  },
  {
    reason: 'a test runs always and beside the others, or is deleted',
    pattern: /\b(test|it|describe|suite|t)\.(only|skip|todo)\(|[{,]\s*(only|skip|todo)\s*:/,
    appliesTo: (path) => path.endsWith('.test.ts'),
  },
  {
    reason: 'pages print text; markup comes only from a column sanitised when written, and none is yet',
    pattern: /\{@html\b/,
    appliesTo: (path) => path.endsWith('.svelte'),
  },
  {
    reason: 'settings are read in packages/platform/src/config.ts and passed on',
    pattern: /\bprocess\.env\b|\$env\/|from 'node:process'/,
    appliesTo: (path) => path !== 'packages/platform/src/config.ts' && isRuntimeCode(path),
  },
  {
    reason: 'SQL stands in *-queries.ts and migrations',
    pattern:
      /\bsql(<[^`(]*>)?`|\bsql\.raw\(|(?<!req)\.query\(|\.(selectFrom|insertInto|updateTable|deleteFrom|mergeInto)\(/,
    appliesTo: (path) => !path.endsWith('-queries.ts') && !path.startsWith('packages/platform/') && isRuntimeCode(path),
  },
  {
    reason: 'only entry points open a connection; take it as an argument',
    pattern: /import [^;]*\bconnect\b[^;]* from '@samaya\/platform\/database\.ts'|\bnew (pg\.)?(Pool|Client)\(/,
    // app.ts is where an entry point has its application made, once.
    appliesTo: (path) => !/^packages\/platform\/|^apps\/[^/]+\/src\/server\/app\.ts$/.test(path) && isRuntimeCode(path),
  },
  {
    reason: 'only entry points ask the clock; take `now` as an argument',
    pattern: /\bnew Date\(\)|\bDate\.now\(\)|\bTemporal\.Now\b/,
    appliesTo: (path) => /^apps\/[^/]+\/src\/(server|ui|words)\//.test(path) && isRuntimeCode(path),
  },
  {
    reason: 'what proves something is compared by timingSafeEqual, which takes as long when it is nearly right',
    // With something else that was computed or sent; a comparison with nothing, or with a word, gives nothing away.
    pattern:
      /\b[\w.]*([sS]ignature|[mM]ac|[tT]oken|[sS]ecret|[pP]roof)\)? [!=]==? (?!undefined\b|null\b|['"`\d])[\w.]+|\b(?!(typeof|null|undefined)\b)[\w.]+\)? [!=]==? [\w.]*([sS]ignature|[mM]ac|[tT]oken|[sS]ecret|[pP]roof)\b/,
    appliesTo: (path) => path.endsWith('.ts') && isRuntimeCode(path),
  },
  {
    reason: 'text is not run as code',
    pattern: /\beval\(|\bnew Function\(|'node:vm'/,
    appliesTo: isRuntimeCode,
  },
  {
    reason: 'starts no program: only PostgreSQL and the applications themselves are started, by packages and scripts',
    pattern: /'node:child_process'/,
    appliesTo: (path) => path.startsWith('apps/') && isRuntimeCode(path),
  },
  {
    reason: 'chance that nobody may guess comes from node:crypto; Math.random may spread pauses, passed as a function',
    pattern: /\bMath\.random\(/,
    appliesTo: (path) => !/\/src\/ui\//.test(path) && isRuntimeCode(path),
  },
  {
    reason: 'certificates are judged, everywhere',
    pattern: /\brejectUnauthorized\b|\bNODE_TLS_REJECT_UNAUTHORIZE[D]\b|\bcheckServerIdentity\b/,
    appliesTo: (path) => (isRuntimeCode(path) || isEntryPoint(path)) && !isTest(path),
  },
];

/** Words that must not stand where they stand; a complaint with file and line for each. */
export function checkSourceRules(root: string): string[] {
  return listSourceFiles(root)
    .filter((path) => /\.(ts|cjs|js|svelte|css|sql|json|yml|md)$/.test(path) && !isGenerated(path))
    .flatMap((path) => complainOf(path, readSource(root, path)));
}

function complainOf(path: string, text: string): string[] {
  return RULES.flatMap(({ reason, pattern, appliesTo }) => {
    if (!appliesTo(path)) return [];
    return [...text.matchAll(new RegExp(pattern, 'g'))].map((match) => {
      const line = text.slice(0, match.index).split('\n').length;
      return `${path}:${line}: ${match[0].split('\n')[0]}: ${reason}`;
    });
  });
}

function isRuntimeCode(path: string): boolean {
  return /^(apps|packages)\/.*\.(ts|svelte)$/.test(path) && !isTest(path) && !isEntryPoint(path);
}
