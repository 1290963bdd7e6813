/** Makes wrangler.with-jobs.toml: the Worker of images, bound to that of jobs. `npm run deploy` deploys it last. */
import { join } from "node:path";
import { layWithJobs } from "./jobs-binding.ts";

await layWithJobs(join(import.meta.dirname, ".."));
