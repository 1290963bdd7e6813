// Measures whether an image that is hidden can be told from one that is not there by the time that the answer takes, with a
// storage that takes 5 ms: in a fresh isolate, and in one that knows all that it may. Both are asked for in turns. Prints a
// table. Run: node bench/hidden.ts [ROUNDS]
import { compileKernelModules } from "../src/node/compiled-modules.ts";
import { createIsolateState } from "../src/services.ts";
import { platformClock } from "../src/timers.ts";
import { answerAlone } from "./node-service.ts";
import { type Bucket, keepingBucket, SlowStorage } from "./slow-storage.ts";
import { formatFigure, formatTable, quantile } from "./statistics.ts";

const rounds = Number(process.argv[2] ?? 200);
const latencyMilliseconds = 5;
const storage = new SlowStorage(latencyMilliseconds);
const masters = keepingBucket(storage);
const catalogue = keepingBucket(storage);
const buckets = { masters, catalogue, derivatives: keepingBucket(storage) };
const record = { identifier: "hidden", metadata: [], width: 60, height: 40, policy: { access: "hidden" } };
await put(catalogue, "records/hidden.json", JSON.stringify(record));
await put(masters, "hidden", "the image");
const kernel = compileKernelModules();
const names = ["hidden", "nobody"] as const;
const states = ["a fresh isolate", "one that was asked before"] as const;
const times = new Map(names.flatMap((name) => states.map((state) => [`${name} ${state}`, [] as number[]])));
for (let round = 0; round < rounds; round++) {
  for (const name of round % 2 === 0 ? names : names.toReversed()) {
    const isolate = createIsolateState(kernel, platformClock);
    for (const state of states) {
      const url = `http://localhost/iiif/3/${name}/full/max/0/default.jpg`;
      const { status, milliseconds } = await answerAlone(isolate, buckets, url);
      if (status !== 404) throw new Error(`${name} is answered ${status}`);
      times.get(`${name} ${state}`)?.push(milliseconds);
    }
  }
}
console.log(
  formatTable([
    ["identifier", "asked of", "median, ms", "p10", "p90"],
    ...names.flatMap((name) =>
      states.map((state) => {
        const found = times.get(`${name} ${state}`) ?? [];
        return [name, state, ...[0.5, 0.1, 0.9].map((share) => formatFigure(quantile(found, share)))];
      }),
    ),
  ]),
);

async function put(bucket: Bucket, key: string, text: string): Promise<void> {
  await bucket.put(key, new TextEncoder().encode(text));
}
