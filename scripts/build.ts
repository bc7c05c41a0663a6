import { makeDeployable } from './deployable.ts';
import { toReport } from './packageReport.ts';

// What azd runs before it deploys dist/: all that `npm run package` does but for the zip.
try {
  process.stdout.write(`${toReport(await makeDeployable())}\n`);
} catch (caught) {
  process.stderr.write(`${caught instanceof Error ? caught.message : String(caught)}\n`);
  process.exitCode = 1;
}
