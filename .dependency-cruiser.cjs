// The import rules. Each carries its reason; none has exceptions by name, so a file that needs one is in the wrong place.
const TESTS = '(\\.test\\.ts|/test-[^/]+\\.ts)$|^(test|bench)/|^apps/[^/]+/test/';
const ENTRY_POINTS = '^apps/[^/]+/src/(main|hooks\\.server|[^/]+-command)\\.ts$|^scripts/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A module that leads back to itself cannot be understood, or loaded, by itself. Types count too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'apps-meet-only-in-packages',
      comment: 'booking and crm share a contract, not code: what both need lives in packages/.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'packages-know-no-app',
      comment: 'The arrow points one way: applications stand on packages.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(apps|scripts|test|bench)/' },
    },
    {
      name: 'contract-imports-nothing-of-ours',
      comment: 'booking-notification is the contract between the applications: it must be readable alone.',
      severity: 'error',
      from: { path: '^packages/booking-notification/' },
      to: { path: '^(apps|packages|scripts|test|bench)/', pathNot: '^packages/booking-notification/' },
    },
    {
      name: 'server-knows-no-page',
      comment: 'Pages call use cases, never the reverse: the API must run without them.',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/server/' },
      to: { path: '^apps/[^/]+/src/(routes|ui)/|^packages/ui/|\\.svelte$' },
    },
    {
      name: 'ui-is-domain-free',
      comment: 'A component that could ship in another product knows neither our data nor our addresses.',
      severity: 'error',
      from: { path: '^(apps/[^/]+/src|packages)/(ui|words)/' },
      to: { path: '^apps/[^/]+/src/(server|routes)/|^packages/(?!ui/)' },
    },
    {
      name: 'features-call-verbs-not-tables',
      comment: "A feature uses another's use cases and types; its queries, routes and pages are its own business.",
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/server/([^/]+)/', pathNot: TESTS },
      to: {
        path: '^apps/[^/]+/src/server/[^/]+/.*-(queries|api|pages)\\.ts$',
        pathNot: '^apps/$1/src/server/$2/',
      },
    },
    {
      name: 'pages-call-use-cases',
      comment: 'Pages and API are two doors to the same use cases; one door does not lead through the other.',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/(routes/|hooks\\.)' },
      to: { path: '^apps/[^/]+/src/server/.*api\\.ts$' },
    },
    {
      name: 'sql-stays-in-queries',
      comment: 'SQL is found in *-queries.ts and migrations, or nowhere. (Types of kysely may be named anywhere.)',
      severity: 'error',
      from: { path: '^(apps|packages)/', pathNot: [TESTS, ENTRY_POINTS, '-queries\\.ts$', '^packages/platform/src/'] },
      to: { path: '(^|/)node_modules/(kysely|pg)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'connections-are-passed-in',
      comment: 'Only entry points open a connection; everything else is handed one, so that nothing runs two pools.',
      severity: 'error',
      from: { path: '^(apps|packages)/', pathNot: [TESTS, ENTRY_POINTS, '^packages/platform/src/'] },
      to: {
        path: '(^|/)node_modules/pg/|^packages/platform/src/(embedded-[a-z-]+|test-database)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'tests-stay-in-tests',
      comment: 'What is made for tests does not run in production.',
      severity: 'error',
      from: { path: '^(apps|packages)/', pathNot: TESTS },
      to: { path: TESTS },
    },
    {
      name: 'imports-resolve',
      comment: 'An import that leads nowhere is not checked by the other rules. ($ names are made by SvelteKit.)',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^\\$|/\\$types(\\.js|\\.d\\.ts)?$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(build|\\.svelte-kit|data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.svelte', '.d.ts'],
    },
  },
};
