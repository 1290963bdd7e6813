import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { unstable_readConfig as readConfig } from "wrangler";
import { withJobs } from "../../deploy/jobs-binding.ts";
import { findJobsFaults, type StatedWorkers } from "../../deploy/jobs-faults.ts";
import { findSettingsFaults, type StatedSettings } from "../../deploy/settings-faults.ts";
import { makeTestFolder } from "../support/masters.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = makeTestFolder();

const buckets = ["MASTERS", "CATALOGUE", "DERIVATIVES"].map((binding) => ({ binding, bucket_name: "x" }));

const faultsOf = (change: Partial<StatedSettings>) =>
  findSettingsFaults({ vars: {}, r2_buckets: buckets, ...change }, "wrangler.toml");

/** Checks a file as `npm run deploy` does. */
function check(args: readonly string[]) {
  const { status, stderr } = spawnSync(process.execPath, [resolve(root, "deploy/check-settings.ts"), ...args], {
    encoding: "utf8",
  });
  return { status, stderr };
}

describe("the settings of a service", () => {
  it("are right as shipped, and without any variable", () => {
    expect(check([])).toEqual({ status: 0, stderr: "" });
    expect(faultsOf({})).toEqual([]);
  });

  it("are told wrong all at once, before anything is started", async () => {
    const lines = ['name = "x"', "[vars]", 'MAX_WIDHT = "100"', "JPEG_QUALITY = 101", 'ADMIN_SECRET = "swordfish"'];
    lines.push('ORIGIN_NLS_SECRET_ACCESS_KEY = "swordfish"', "[[vars.ORIGINS]]", 'kind = "https"', 'prefix = "web/"');
    lines.push('endpoint = "https://192.168.0.1"');
    const file = await folder.lay("wrangler.toml", lines.join("\n"));
    const { status, stderr } = check(["--config", file]);
    expect(status).toBe(2);
    for (const sentence of [
      "MAX_WIDHT is not a variable of the service; did you mean MAX_WIDTH?",
      'JPEG_QUALITY is "101", not a whole number from 1 to 100.',
      "ADMIN_SECRET is a secret: set it with npx wrangler secret put, in no file.",
      "ORIGIN_NLS_SECRET_ACCESS_KEY is a secret: set it with npx wrangler secret put, in no file.",
      "ORIGINS[0].endpoint: 192.168.0.1 is an address, and a host has to be named.",
      "has no bucket_name for MASTERS.",
    ]) {
      expect(stderr).toContain(sentence);
    }
    expect(stderr).not.toContain("swordfish");
  });

  it("are not deployed with rules for this machine alone", () => {
    const rule = { kind: "https", prefix: "web/", endpoint: "http://localhost:9000", local: true };
    const settings: StatedSettings = { vars: { ORIGINS: [rule] }, r2_buckets: buckets };
    expect(findSettingsFaults(settings, "wrangler.toml")).toEqual([]);
    expect(findSettingsFaults(settings, "wrangler.toml", { isDeployed: true })).toEqual([
      'the rule of ORIGINS for "web/" is local, and this machine is not deployed',
    ]);
  });

  it("name the team of Access that says who was let in", () => {
    const faultsOfDeployed = (vars: StatedSettings["vars"]) =>
      findSettingsFaults({ vars, r2_buckets: buckets, assets: { run_worker_first: true } }, "wrangler.toml", {
        isDeployed: true,
      });
    const audience = { ACCESS_AUDIENCE: "a1b2c3d4e5f6a7b8" };
    expect(faultsOfDeployed(audience)).toEqual([expect.stringMatching(/^ACCESS_TEAM is missing/)]);
    expect(faultsOfDeployed({ ...audience, ACCESS_TEAM: "museum" })).toEqual([]);
  });

  it("say that the Worker is asked first wherever it answers", () => {
    const path = "/iiif/*";
    expect(faultsOf({ assets: { run_worker_first: true } })).toEqual([]);
    const [fault] = faultsOf({ assets: { run_worker_first: [path, "/"] }, vars: { PREFIX: "/images" } });
    expect(fault).toMatch(/^run_worker_first under \[assets\] lacks \/collections\/\*, .*, \/images\/\*$/);
    expect(faultsOf({ assets: {} })[0]).toContain(path);
    const GATEWAY = [{ prefix: "/loris/" }, { prefix: "/iipsrv", protocol: "iip" }, { prefix: "/iiif/2/" }];
    const [missing] = faultsOf({ assets: { run_worker_first: [path, "/"] }, vars: { GATEWAY } });
    expect(missing).toMatch(/, \/loris\/\*, \/iipsrv$/);
  });

  it("are told wrong in the rules for old URLs, by their places", () => {
    const GATEWAY = [{ prefix: "/loris" }, { prefx: "/b/" }];
    expect(faultsOf({ vars: { GATEWAY } })).toEqual([
      "GATEWAY[1].prefix is missing",
      "GATEWAY[1].prefx is not known",
      "GATEWAY[0].prefix /loris does not end in a slash",
    ]);
  });
});

describe("the settings of the Worker of jobs", () => {
  const bucketsOfJobs = ["MASTERS", "CATALOGUE", "INBOX", "SCRATCH", "EXPORTS"].map((binding) => ({
    binding,
    bucket_name: "x",
  }));
  const jobs: StatedWorkers["jobs"] = {
    vars: {},
    r2_buckets: bucketsOfJobs,
    queues: { producers: [{ queue: "a" }], consumers: [{ queue: "a" }, { queue: "b" }] },
    services: [{ binding: "IMAGES", service: "images" }],
    durable_objects: { bindings: [{ name: "LEDGER", script_name: "images" }] },
    d1_databases: [{ binding: "SEARCH", database_name: "x" }],
  };
  const images: StatedWorkers["images"] = {
    ...{ name: "images", vars: {}, r2_buckets: buckets },
    d1_databases: [{ binding: "SEARCH", database_name: "x" }],
  };
  const faults = (change: Partial<StatedWorkers["jobs"]>, vars: StatedSettings["vars"] = {}) =>
    findJobsFaults({ images: { ...images, vars }, jobs: { ...jobs, ...change }, file: "j.toml" });

  it("are right where they are those of the Worker of images", () => {
    expect(faults({})).toEqual([]);
    expect(faults({ vars: { PREFIX: "/a" } }, { PREFIX: "/a" })).toEqual([]);
    expect(faults({}, { SITE_NAME: "Maps" })).toEqual([]);
    expect(faults({ d1_databases: [] })).toEqual([]);
  });

  it("are told wrong where they differ from it", () => {
    expect(faults({}, { KEY_TEMPLATE: "{identifier}.tif" })).toEqual([
      'KEY_TEMPLATE is "{identifier}" in j.toml and "{identifier}.tif" in wrangler.toml',
    ]);
    expect(faults({}, { JPEG_QUALITY: "90" })).toEqual(['JPEG_QUALITY is "85" in j.toml and "90" in wrangler.toml']);
    const moved = bucketsOfJobs.map((bucket) =>
      bucket.binding === "MASTERS" ? { ...bucket, jurisdiction: "eu" } : bucket,
    );
    expect(faults({ r2_buckets: moved })).toEqual(["the bucket MASTERS of j.toml is not that of wrangler.toml"]);
    const elsewhere = [{ binding: "SEARCH", database_name: "elsewhere" }];
    expect(faults({ d1_databases: elsewhere })).toEqual(["the database SEARCH of j.toml is not that of wrangler.toml"]);
    expect(faults({ services: [] })).toEqual(["the service IMAGES of j.toml is not images, as wrangler.toml calls it"]);
    const another = { bindings: [{ name: "LEDGER", script_name: "others" }] };
    expect(faults({ durable_objects: another })).toEqual([
      "the script_name of LEDGER in j.toml is not images, as wrangler.toml calls it",
    ]);
    const dead = [{ queue: "a", dead_letter_queue: "gone" }, { queue: "b" }];
    expect(faults({ queues: { producers: [{ queue: "a" }], consumers: dead } })).toEqual([
      "the dead letter queue gone of j.toml does not end in -dead",
    ]);
    expect(faults({ vars: { LARGE_ABOVE_MEGAPIXELS: "many" } })).toEqual([
      'j.toml: LARGE_ABOVE_MEGAPIXELS is "many", and has to be a number from 0 on',
    ]);
    for (const ITEMS_AT_ONCE of ["0", "17", "2.5", ""]) {
      expect(faults({ vars: { ITEMS_AT_ONCE } })).toEqual([
        `j.toml: ITEMS_AT_ONCE is "${ITEMS_AT_ONCE}", and has to be a whole number from 1 to 16`,
      ]);
    }
    const origins = [{ prefix: "web/", kind: "https", endpoint: "https://example.org" }];
    expect(faults({}, { ORIGINS: origins })).toHaveLength(1);
    expect(faults({ vars: { ORIGINS: origins } }, { ORIGINS: origins })).toEqual([]);
    expect(faults({ vars: { PREFX: "/a" } })).toEqual([
      "j.toml: PREFX is not a variable of the service; did you mean PREFIX?",
    ]);
    expect(faults({ queues: {} })).toEqual([expect.stringContaining("that of INBOX")]);
  });
});

describe("the file that binds the Worker of images to that of jobs", () => {
  it("is that of the Worker of images with the binding, which itself has none", async () => {
    const stated = readFileSync(resolve(root, "wrangler.toml"), "utf8");
    const path = await folder.lay("with-jobs.toml", withJobs(stated, "their-jobs"));
    const { services, ...rest } = readConfig({ config: path });
    expect(services).toEqual([{ binding: "JOBS", service: "their-jobs", entrypoint: "Tasks" }]);
    const shipped = readConfig({ config: resolve(root, "wrangler.toml") });
    expect(shipped.services ?? []).toEqual([]);
    expect([rest.vars, rest.r2_buckets, rest.name]).toEqual([shipped.vars, shipped.r2_buckets, shipped.name]);
  });
});
