// Measures what counting costs: a request in an isolate, and a batch in the ledger. The mean of whole rounds, the median of
// them, beside rounds that do all but count. Prints a table; takes some seconds. Run: npx -c "node bench/counting.ts".
import { newAccount } from "../src/account.ts";
import { clientFamily } from "../src/http/client-family.ts";
import { Counter } from "../src/statistics/counter.ts";
import type { Observation } from "../src/statistics/observation.ts";
import { pointOf } from "../src/statistics/point.ts";
import { classOf } from "../src/statistics/request-class.ts";
import { formatRollUp, rollUpLimits } from "../src/statistics/roll-up.ts";
import { addTally, countObservation, newTally } from "../src/statistics/tally.ts";
import { formatFigure, formatTable, quantile } from "./statistics.ts";

const rounds = 25;
const requestsPerRound = 20_000;
const imageCount = 150;
const at = Date.now();

const agents = Array.from({ length: 40 }, (_, version) => {
  const system = version % 2 === 0 ? "X11; Linux x86_64" : "Macintosh; Intel Mac OS X 10_15_7";
  return `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + version}.0.0.0 Safari/537.36`;
});
const requests = agents.map((agent) => new Request("https://images.example/", { headers: { "User-Agent": agent } }));
const images = Array.from({ length: imageCount }, (_, image) => `collection/volume-${image % 7}/page-${image}`);

/** What the Worker does for a request whether it counts or not. */
function observe(number: number, request: Request, isCounting: boolean): Observation {
  const identifier = images[number % imageCount] ?? "";
  const account = { ...newAccount(), identifier, index: "isolate", strategy: "copy", format: "jpg" } as const;
  const asked = { ...account, sentBytes: 14_019, reads: 1, bytes: 14_019, width: 256, height: 256 };
  const path = `/iiif/3/${identifier}/0,0,256,256/256,256/0/default.jpg`;
  const kind = isCounting ? classOf(path, "/iiif") : "image";
  const client = isCounting ? clientFamily(request) : "browser";
  return { class: kind, status: 200, code: "ok", client, account: asked, milliseconds: 3, at };
}

/** Microseconds a request, in the median of all rounds. */
function measure(work: (number: number, request: Request) => unknown): number {
  const times: number[] = [];
  let kept: unknown;
  for (let round = 0; round < rounds; round++) {
    const start = process.cpuUsage();
    for (let number = 0; number < requestsPerRound; number++) {
      kept = work(number, requests[number % requests.length]!);
    }
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / requestsPerRound);
  }
  if (kept === undefined) throw new Error("nothing was measured");
  return quantile(times, 0.5);
}

const counter = new Counter();
const count = (number: number, request: Request): unknown => {
  const observation = observe(number, request, true);
  counter.takeDue(at, 10_000);
  counter.add(observation);
  return observation;
};
const point = (number: number, request: Request): unknown => pointOf(observe(number, request, true));
const nothing = (number: number, request: Request): unknown => observe(number, request, false);
// Warm, then by turns.
for (const work of [nothing, count, point]) measure(work);
const [without, counted, written] = [measure(nothing), measure(count), measure(point)] as const;

const hour = newTally();
for (let image = 0; image < rollUpLimits.images; image++) {
  countObservation(
    hour,
    {
      ...observe(image, requests[0]!, true),
      account: { ...newAccount(), identifier: `image-${image}`, index: "isolate" },
    },
    rollUpLimits,
  );
}
const batch = counter.take()!;
const added: number[] = [];
for (let round = 0; round < rounds; round++) {
  const start = process.cpuUsage();
  addTally(hour, batch.tally, rollUpLimits);
  formatRollUp({ period: batch.hour, from: ["batch"], tally: hour });
  const { user, system } = process.cpuUsage(start);
  added.push((user + system) / 1000);
}

console.log(
  formatTable([
    ["what", "CPU"],
    ["a request that is counted", `${formatFigure(counted - without)} µs`],
    ["a request that becomes a point", `${formatFigure(written - without)} µs`],
    ["a batch, in the ledger, with an hour of 1,000 images", `${formatFigure(quantile(added, 0.5))} ms`],
  ]),
);
