import { serve } from "./serve.ts";

// The script of the worker that `createWorkerHost` makes when it is given none.
serve(globalThis);
