// The rules of the architecture, by pattern and never by a list of modules: a new directory under libs/ is a feature module to
// which all rules apply. test/architecture/boundaries.test.ts plants a violation of each.

/** Libraries that serve every module and import none of them. */
const FOUNDATIONS = ['bus', 'contract', 'edge', 'embedded', 'platform'];
/** Any feature module: every other lib. */
const FEATURE = `^libs/(?!(?:${FOUNDATIONS.join('|')})/)[^/]+/`;

/** The npm packages that a domain may import: libraries without I/O and framework. */
const PURE_LIBRARIES = ['chrono-node', 'temporal-polyfill', 'uuidv7'];
/** Servers, drivers and connections. */
const IO_LIBRARIES = [
  '@nats-io',
  'bullmq',
  'fastify',
  '@nestjs/platform-fastify',
  '@nestjs/microservices',
  'ioredis',
  'nodemailer',
  'pg',
  'pino',
  'prom-client',
  'typeorm',
];

/** The modules of Node that a domain may import: none with I/O. */
const PURE_NODE_MODULES = ['assert', 'buffer', 'crypto', 'util'];

const either = (/** @type {string[]} */ names) => `(?:${names.join('|')})`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'module-only-through-its-contract',
      severity: 'error',
      comment:
        'Another module is reachable only through its contract/. Call its API over the bus, or move what both need into the contract.',
      from: { path: '^libs/([^/]+)/', pathNot: '^libs/[^/]+/testing/' },
      to: { path: `${FEATURE}(?!contract/)`, pathNot: '^libs/$1/' },
    },
    {
      name: 'testing-stands-on-testing',
      severity: 'error',
      comment: "A world for tests may hold another module's world, and nothing else of it but its contract/.",
      from: { path: '^libs/([^/]+)/testing/' },
      to: { path: `${FEATURE}(?!contract/|testing/)`, pathNot: '^libs/$1/' },
    },
    {
      name: 'apps-use-contract-and-module',
      severity: 'error',
      comment: "An app uses a module's contract/, feature.ts and module.ts, nothing inside it.",
      // A benchmark of a query measures the query itself.
      from: { path: '^(?:apps|test)/', pathNot: '^test/bench/' },
      to: { path: `${FEATURE}(?!contract/|(?:feature|module)\\.ts$)` },
    },
    {
      name: 'foundations-import-no-feature',
      severity: 'error',
      comment: `${FOUNDATIONS.join(', ')} serve every module and import none.`,
      from: { path: `^libs/${either(FOUNDATIONS)}/` },
      to: { path: FEATURE },
    },
    {
      name: 'edge-for-apps-only',
      severity: 'error',
      comment:
        'edge is how clients reach a node: apps put it around the features. Features declare their routes with platform.',
      // Tests of features use it around their controllers.
      from: { path: '^libs/(?!edge/)', pathNot: ['\\.test\\.ts$', '/testing/'] },
      to: { path: '^libs/edge/' },
    },
    {
      name: 'bus-stands-alone',
      severity: 'error',
      comment: 'bus is publishable on its own: it imports no other lib and takes plain options instead.',
      from: { path: '^libs/bus/' },
      to: { path: '^libs/(?!bus/)' },
    },
    {
      name: 'embedded-stands-alone',
      severity: 'error',
      comment: 'embedded starts before anything else is there: it imports no other lib.',
      // Its tests connect like nodes.
      from: { path: '^libs/embedded/', pathNot: '\\.test\\.ts$' },
      to: { path: '^libs/(?!embedded/)' },
    },
    {
      name: 'contract-kit-without-io',
      severity: 'error',
      comment:
        'Every client loads the contract kit: it brings no server, driver or connection along, and nothing of the platform.',
      from: { path: '^libs/contract/', pathNot: '\\.test\\.ts$' },
      to: {
        path: [
          '^libs/platform/',
          '^libs/bus/src/(?!contracts/contract\\.ts$)',
          `(?:^|/)node_modules/${either(IO_LIBRARIES)}/`,
          '^(?:node:)?(?:fs|net|http|https|http2|tls|dns|dgram|child_process|worker_threads|cluster)(?:/|$)',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'libs-know-no-app',
      severity: 'error',
      comment: 'Apps assemble libs, never the other way round.',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-use-exports-of-other-apps',
      severity: 'error',
      comment:
        "An app uses another one through its package's exports, such as the list of features; shared code belongs into a lib.",
      from: { path: '^apps/([^/]+)/' },
      to: {
        path: '^apps/',
        pathNot: '^apps/$1/',
        dependencyTypes: ['local'],
        dependencyTypesNot: ['aliased-workspace'],
      },
    },
    {
      name: 'domain-imports-no-framework',
      severity: 'error',
      comment: `A domain holds rules. It may import itself, its module's contract, @mono/contract/errors, search-text, zones and ${PURE_LIBRARIES.join(', ')}.`,
      from: { path: '^libs/([^/]+)/(?:src|src/.+)/domain/', pathNot: '\\.test\\.ts$' },
      to: {
        pathNot: [
          '^libs/$1/(?:src|src/.+)/domain/',
          '^libs/$1/contract/',
          '^libs/contract/src/(?:errors|search-text|zones)/',
          `(?:^|/)node_modules/${either(PURE_LIBRARIES)}/`,
          `^(?:node:)?${either(PURE_NODE_MODULES)}$`,
        ],
      },
    },
    {
      name: 'http-leaves-storage-to-use-cases',
      severity: 'error',
      comment: 'A controller parses, calls the API of its module and replies; it never sees tables.',
      from: { path: '^libs/([^/]+)/src/http/', pathNot: '\\.test\\.ts$' },
      to: { path: '^libs/$1/src/persistence/' },
    },
    {
      name: 'contract-shows-no-inside',
      severity: 'error',
      comment: 'Others load a contract; it must not load the module.',
      from: { path: '^libs/([^/]+)/contract/', pathNot: '\\.test\\.ts$' },
      to: { path: '^libs/$1/(?:src/|(?:feature|module)\\.ts$)' },
    },
    {
      name: 'feature-loads-its-module-late',
      severity: 'error',
      comment: "Every node loads feature.ts; the module's own code is imported where it runs, by `import()`.",
      from: { path: '^libs/([^/]+)/', pathNot: ['^libs/[^/]+/module\\.ts$', '\\.test\\.ts$', '/testing/'] },
      to: { path: '^libs/$1/module\\.ts$', dependencyTypesNot: ['dynamic-import'] },
    },
    {
      name: 'packages-by-name',
      severity: 'error',
      comment: 'Another package is imported by its name, so that its exports map stays its only door.',
      // Jest's global set-up runs outside of its resolver, where the name of a package resolves to its build.
      from: { path: '^((?:apps|libs)/[^/]+|test)/', pathNot: ['^test/bench/', '^test/support/global-'] },
      to: {
        path: '^(?:apps|libs)/',
        pathNot: '^$1/',
        dependencyTypes: ['local'],
        dependencyTypesNot: ['aliased-workspace'],
      },
    },
    {
      name: 'no-test-code-in-production',
      severity: 'error',
      comment: 'Production code imports no tests and no test support.',
      from: { path: '^(?:apps|libs)/', pathNot: ['\\.test\\.ts$', '/testing/'] },
      to: { path: ['^test/', '\\.test\\.ts$', '/testing/'] },
    },
    {
      name: 'no-development-dependency-in-production',
      severity: 'error',
      comment: 'Production code imports packages of `dependencies` only: the container contains no others.',
      from: { path: '^(?:apps|libs)/', pathNot: ['\\.test\\.ts$', '/testing/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle means that one of its files has two reasons to change.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      comment: "An import that does not resolve goes around a package's exports map, or is missing from package.json.",
      // The benchmark installs its peers itself, outside of the project.
      from: { pathNot: '^test/bench/bus/contestants/moleculer' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(?:^|/)dist/' },
    // Type imports count, since contracts are mostly types.
    tsPreCompilationDeps: true,
    // Workspace packages use the dependencies of the root's package.json.
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      mainFields: ['main', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
