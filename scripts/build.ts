import { makeDeployable } from './deployable.ts';

// What azd runs before it deploys dist/: the same checks as in `npm run package`.
await makeDeployable();
