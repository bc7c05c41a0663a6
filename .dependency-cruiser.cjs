/** The arrows between the folders. @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'shared-stands-alone',
      comment: 'shared/ never imports functions/, local/, cli/ or dashboard/',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: '^(functions|local|cli|dashboard|scripts|test)/' },
    },
    {
      name: 'deployed-code-knows-no-stack',
      comment: 'what is deployed never imports local/, cli/ or a test',
      severity: 'error',
      from: { path: '^(functions|dashboard)/' },
      to: { path: '^(local|cli|scripts|test)/' },
    },
    {
      name: 'look-alikes-share-no-code',
      comment: 'a look-alike that shared code with what it tests would share its mistakes',
      severity: 'error',
      from: { path: '^local/(eventhubs|graph|keyvault|twilio|host|faults)/' },
      to: { path: '^(shared|functions|cli|test)/' },
    },
    {
      name: 'pure-rules-do-no-io',
      comment: 'emergency/, oncall/, tenant/ and watch/ take data and now and return a decision',
      severity: 'error',
      from: { path: '^shared/(emergency|oncall|tenant|watch)/' },
      to: {
        path: '^(shared/(graph|messaging|store|pipeline)/|(node:)?(fs|net|http|https|child_process|timers)|@azure|twilio)',
      },
    },
    {
      name: 'only-store-knows-the-layout',
      severity: 'error',
      from: { path: '^shared/', pathNot: '^shared/store/' },
      to: { path: 'node_modules/@azure/(data-tables|storage-queue)' },
    },
    {
      name: 'deployed-code-uses-no-dev-dependency',
      severity: 'error',
      from: { path: '^(functions|shared)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
