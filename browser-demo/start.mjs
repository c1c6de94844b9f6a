// `npm run demo`: builds the demo and serves it. `npm run demo -- 8080` takes that port.

import { build, SITE } from "./build.mjs";
import { serve } from "./serve.mjs";

const PORT = 4180;
const wanted = Number(process.argv[2] ?? PORT);

await build();
try {
  const server = await serve(SITE, wanted);
  console.log(`http://localhost:${server.address().port}/  (Ctrl-C ends it)`);
} catch (error) {
  console.error(`error: the demo cannot be served: ${error.message}\n  help: another port may be free: npm run demo -- ${wanted + 1}`);
  process.exitCode = 1;
}
