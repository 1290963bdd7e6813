import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { jobsPlacesOf, type StatedJobs, setUpJobs } from "../../deploy/jobs-setup.ts";
import { bucketsOf, SetupFailed, setUpRemote } from "../../deploy/remote-setup.ts";
import { makeTestFolder } from "../support/masters.ts";

const ours = [
  "name:     old-pictures",
  "enabled:  Yes",
  "prefix:   derivatives/",
  "action:   Expire objects after 90 days",
];
const others = ["name:     Default Multipart Abort Rule", "enabled:  Yes", "prefix:   (all prefixes)", "action:   x"];
const none = "There are no lifecycle rules for bucket 'x'.";
const missing = "The specified bucket does not exist. [code: 10006]";

const list = (bucket: string): string => `r2 bucket lifecycle list ${bucket}`;
const all = [list("their-masters"), list("their-catalogue"), list("their-derivatives")];
const add = "r2 bucket lifecycle add their-derivatives old-pictures derivatives/ --expire-days 90";
const putMarker = expect.stringMatching(
  /^r2 object put their-derivatives\/setup\/lifecycle\.json --file \S+ --content-type application\/json --remote$/,
);

/** What an account answers: what wrangler prints of the rules of each bucket that is there, and which command it fails. */
interface Account {
  readonly rules: Readonly<Record<string, string>>;
  readonly fails?: { readonly on: string; readonly output: string };
}

const stated = [
  { binding: "MASTERS", bucket_name: "their-masters" },
  { binding: "CATALOGUE", bucket_name: "their-catalogue" },
  { binding: "DERIVATIVES", bucket_name: "their-derivatives" },
];

/** Sets up with an account that is not there, and returns the commands that it was given. */
async function setUp({ rules, fails }: Account, buckets: Parameters<typeof bucketsOf>[0] = stated): Promise<string[]> {
  const commands: string[] = [];
  await setUpRemote(bucketsOf(buckets, "wrangler.toml"), {
    async run(args) {
      commands.push(args.join(" "));
      if (fails !== undefined && args.join(" ").includes(fails.on)) return { isDone: false, output: fails.output };
      const output = args[3] === "list" ? rules[args[4] ?? ""] : "";
      return { isDone: output !== undefined, output: output ?? missing };
    },
    lay: async (name) => name,
    now: () => new Date(0),
  });
  return commands;
}

describe("setUpRemote", () => {
  it("makes the buckets that are not there, the rule, and the marker", async () => {
    expect(await setUp({ rules: {} })).toEqual([
      list("their-masters"),
      "r2 bucket create their-masters",
      list("their-catalogue"),
      "r2 bucket create their-catalogue",
      list("their-derivatives"),
      "r2 bucket create their-derivatives",
      add,
      putMarker,
    ]);
  });

  it("adds no rule a second time, and leaves the rules of others alone", async () => {
    const rules = `${others.join("\n")}\n\n${ours.join("\n")}`;
    expect(
      await setUp({ rules: { "their-masters": none, "their-catalogue": none, "their-derivatives": rules } }),
    ).toEqual([...all, putMarker]);
  });

  it("adds its rule next to another's", async () => {
    const rules = { "their-masters": none, "their-catalogue": none, "their-derivatives": others.join("\n") };
    expect(await setUp({ rules })).toEqual([...all, add, putMarker]);
  });

  it.each([
    ["days", ours.join("\n").replace("90 days", "30 days")],
    ["prefix", ours.join("\n").replace("derivatives/", "(all prefixes)")],
    ["being enabled", ours.join("\n").replace("Yes", "No")],
  ])("puts its rule right where it differs in %s", async (_, rules) => {
    expect(
      await setUp({ rules: { "their-masters": none, "their-catalogue": none, "their-derivatives": rules } }),
    ).toEqual([...all, "r2 bucket lifecycle remove their-derivatives --name old-pictures", add, putMarker]);
  });

  it("names the jurisdiction of a bucket in each command", async () => {
    const buckets = stated.map((bucket) =>
      bucket.binding === "DERIVATIVES" ? { ...bucket, jurisdiction: "eu" } : bucket,
    );
    const commands = await setUp({ rules: { "their-masters": none } }, buckets);
    const about = commands.filter((command) => command.includes("their-derivatives"));
    expect(about).toHaveLength(4);
    for (const command of about) expect(command).toMatch(/ --jurisdiction eu$/);
    expect(commands[0]).toBe(list("their-masters"));
  });

  it.each([
    ["list their-derivatives", "Authentication error [code: 10000]"],
    ["lifecycle add", "the rule is refused"],
    ["object put", "the object is refused"],
  ])("ends with what wrangler said when it fails: %s", async (on, output) => {
    const failure = await setUp({
      rules: { "their-masters": none, "their-catalogue": none, "their-derivatives": none },
      fails: { on, output },
    }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SetupFailed);
    expect(String(failure)).toContain(output);
    expect(String(failure)).toContain(on);
  });

  it("says which binding the Wrangler file lacks", () => {
    expect(() => bucketsOf(stated.slice(0, 1), "w.toml")).toThrow("w.toml has no bucket_name for CATALOGUE.");
  });
});

const jobsStated: StatedJobs = {
  vars: {},
  r2_buckets: [
    { binding: "INBOX", bucket_name: "their-inbox" },
    { binding: "SCRATCH", bucket_name: "their-scratch" },
    { binding: "EXPORTS", bucket_name: "their-exports" },
  ],
  queues: {
    producers: [{ queue: "items" }],
    consumers: [{ queue: "items", dead_letter_queue: "items-dead" }, { queue: "items-dead" }, { queue: "in" }],
  },
};
const addScratch = "r2 bucket lifecycle add their-scratch scratch --expire-days 7 --force";
const notify = (suffix: string) =>
  `r2 bucket notification create their-inbox --event-type object-create --queue in --suffix ${suffix}`;

/** Sets the Worker of jobs up with an account that is not there, which answers as told, and returns the commands it was given. */
async function setJobsUp(
  answers: Readonly<Record<string, string>>,
  stated: StatedJobs = jobsStated,
): Promise<string[]> {
  const commands: string[] = [];
  await setUpJobs(jobsPlacesOf(stated, "w.toml"), {
    async run(args) {
      const command = args.join(" ");
      commands.push(command);
      const [, output] = Object.entries(answers).find(([start]) => command.startsWith(start)) ?? [];
      const isAsked = args.includes("list") || args.includes("info");
      const absent = args[0] === "queues" ? `Queue "${args[2]}" does not exist. To create it, run: x` : missing;
      return isAsked && output === undefined
        ? { isDone: false, output: absent }
        : { isDone: true, output: output ?? "" };
    },
    lay: async (name) => name,
    now: () => new Date(0),
  });
  return commands;
}

describe("setUpJobs", () => {
  it("makes buckets, queues and rules that are not there", async () => {
    expect(await setJobsUp({})).toEqual([
      list("their-inbox"),
      "r2 bucket create their-inbox",
      list("their-scratch"),
      "r2 bucket create their-scratch",
      addScratch,
      list("their-exports"),
      "r2 bucket create their-exports",
      ...["items", "items-dead", "in"].flatMap((queue) => [`queues info ${queue}`, `queues create ${queue}`]),
      "r2 bucket notification list their-inbox",
      notify(".json"),
      notify(".csv"),
    ]);
  });

  it("makes nothing a second time, and what is missing", async () => {
    const rule = (suffix: string) =>
      `rule_id:     1\nqueue_name:  in\nprefix:      (all prefixes)\nsuffix:      ${suffix}`;
    const scratch = "name:     scratch\nenabled:  Yes\nprefix:   (all prefixes)\naction:   Expire objects after 7 days";
    const buckets = { [list("their-inbox")]: none, [list("their-scratch")]: scratch, [list("their-exports")]: none };
    const there = { ...buckets, "queues info": "Queue Name: x" };
    const listed = "r2 bucket notification list";
    const asked = [
      ...[list("their-inbox"), list("their-scratch"), list("their-exports")],
      ...["items", "items-dead", "in"].map((queue) => `queues info ${queue}`),
      `${listed} their-inbox`,
    ];
    expect(await setJobsUp({ ...there, [listed]: `${rule(".json")}\n\n${rule(".csv")}` })).toEqual(asked);
    expect(await setJobsUp({ ...there, [listed]: rule(".json") })).toEqual([...asked, notify(".csv")]);
    const other = scratch.replace("7 days", "30 days");
    expect(await setJobsUp({ ...there, [list("their-scratch")]: other, [listed]: rule(".json") })).toContain(
      addScratch,
    );
  });

  it("makes queues and buckets where what is stored has to stay", async () => {
    const r2_buckets = jobsStated.r2_buckets.map((bucket) => ({ ...bucket, jurisdiction: "eu" }));
    const commands = await setJobsUp({}, { ...jobsStated, r2_buckets, vars: { JURISDICTION: "eu" } });
    for (const command of commands.filter((one) => !one.startsWith("queues info"))) {
      expect(command).toMatch(/ --jurisdiction eu$/);
    }
  });

  it("says what the Wrangler file lacks, and what wrangler said of a queue", async () => {
    expect(() => jobsPlacesOf({ ...jobsStated, r2_buckets: [] }, "w.toml")).toThrow(
      "w.toml has no bucket_name for INBOX.",
    );
    expect(() => jobsPlacesOf({ ...jobsStated, queues: {} }, "w.toml")).toThrow("that of INBOX");
    const refused = setUpJobs(jobsPlacesOf(jobsStated, "w.toml"), {
      run: async (args) => ({
        isDone: args[0] !== "queues",
        output: args[0] === "queues" ? "Authentication error" : none,
      }),
      lay: async (name) => name,
      now: () => new Date(0),
    });
    await expect(refused).rejects.toThrow(/queues info items failed:\nAuthentication error/);
  });
});

const script = resolve(import.meta.dirname, "../../deploy/setup-remote.ts");
const folder = makeTestFolder();

const wranglerFile = `
name = "x"
[[r2_buckets]]
binding = "MASTERS"
bucket_name = "their-masters"
[[r2_buckets]]
binding = "CATALOGUE"
bucket_name = "their-catalogue"
[[r2_buckets]]
binding = "DERIVATIVES"
bucket_name = "their-derivatives"
`;

const jobsWranglerFile = `
name = "x-jobs"
[[r2_buckets]]
binding = "INBOX"
bucket_name = "their-inbox"
[[r2_buckets]]
binding = "SCRATCH"
bucket_name = "their-scratch"
[[r2_buckets]]
binding = "EXPORTS"
bucket_name = "their-exports"
[[queues.producers]]
binding = "ITEMS"
queue = "items"
[[queues.consumers]]
queue = "items"
[[queues.consumers]]
queue = "in"
`;

/** Stands in for wrangler, for there is no account here: writes down its arguments, and what it is to put. */
const standIn = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const args = process.argv.slice(2);
const put = args.includes("--file") ? readFileSync(args[args.indexOf("--file") + 1], "utf8") : undefined;
appendFileSync(process.env.CALLS, JSON.stringify({ args, put }) + "\\n");
if (args[3] !== "list") process.exit(0);
if (args[4] !== "their-derivatives") console.log("${none}");
else {
  console.error("${missing}");
  process.exit(1);
}
`;

/** Runs the script with the stand-in first on the path. */
async function runScript(args: readonly string[]) {
  const calls = await folder.lay("calls.jsonl", "");
  const config = await folder.lay("wrangler.toml", wranglerFile);
  const jobs = await folder.lay("wrangler.jobs.toml", jobsWranglerFile);
  chmodSync(await folder.lay("wrangler", standIn), 0o755);
  const env = { ...process.env, PATH: `${folder.path(".")}${delimiter}${process.env.PATH}`, CALLS: calls };
  const options = { env, encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, "--config", config, "--jobs", jobs, ...args],
    options,
  );
  const lines = readFileSync(calls, "utf8").split("\n").filter(Boolean);
  const made = lines.map((line) => JSON.parse(line) as { readonly args: string[]; readonly put?: string });
  return {
    status,
    stdout,
    stderr,
    commands: made.map((call) => call.args.join(" ")),
    put: made.find((call) => call.put !== undefined)?.put,
  };
}

describe("npm run setup:remote", () => {
  it("runs the wrangler that is on the path, prints each command, and puts the marker", async () => {
    const outcome = await runScript([]);
    expect(outcome.stderr).toBe("");
    expect(outcome.status).toBe(0);
    expect(outcome.commands).toEqual([
      ...[...all, "r2 bucket create their-derivatives", add, putMarker],
      ...[list("their-inbox"), list("their-scratch"), addScratch, list("their-exports")],
      ...["queues info items", "queues info in"],
      ...["r2 bucket notification list their-inbox", notify(".json"), notify(".csv")],
    ]);
    const marker = JSON.parse(outcome.put ?? "") as { readonly setAt: string };
    expect(marker).toMatchObject({ prefix: "derivatives/", days: 90 });
    expect(Math.abs(Date.parse(marker.setAt) - Date.now())).toBeLessThan(120_000);
    for (const command of outcome.commands) expect(outcome.stdout).toContain(`wrangler ${command}\n`);
  });

  it("runs nothing with --dry-run, and prints what it would run", async () => {
    const outcome = await runScript(["--dry-run"]);
    expect(outcome.status).toBe(0);
    expect(outcome.commands).toEqual([]);
    for (const command of [...all, add]) expect(outcome.stdout).toContain(`wrangler ${command}\n`);
    expect(outcome.stdout).toContain("Nothing was changed.");
  });
});
