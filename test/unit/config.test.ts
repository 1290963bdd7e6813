import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultVariables, readConfig } from "../../src/config.ts";
import type { ImageError } from "../../src/error.ts";

const toml = readFileSync(resolve(import.meta.dirname, "../../wrangler.toml"), "utf8");
const vars = (/\[vars\]\n([\s\S]*?)\n\n/.exec(toml)?.[1] ?? "").matchAll(/^(\w+) = "(.*)"$/gm);
const variables: Record<string, string> = Object.fromEntries(Array.from(vars, ([, name, value]) => [name, value]));

describe("readConfig", () => {
  it("reads what wrangler.toml ships", () => {
    expect(readConfig(variables)).toMatchObject({ baseUrl: undefined, prefix: "/iiif", masterTtlSeconds: 60 });
  });

  it("has the value that wrangler.toml ships for each variable that is not there", () => {
    expect(variables).toEqual(
      Object.fromEntries(Object.entries(defaultVariables).filter(([name]) => name in variables)),
    );
    expect(readConfig({})).toEqual(readConfig(variables));
  });

  it("is checked by editors while it is written", () => {
    const schema = /^#:schema (.+)$/m.exec(toml)?.[1] ?? "";
    expect(existsSync(resolve(import.meta.dirname, "../..", schema))).toBe(true);
    expect(toml.startsWith("#:schema ")).toBe(true);
  });

  it("takes numbers and truth values, which a Wrangler file may have in place of text", () => {
    expect(readConfig({ MAX_WIDTH: 300, STRICT_CONFINED: true })).toMatchObject({
      maxWidth: 300,
      isStrictConfined: true,
    });
    expect(detailOf({ MAX_WIDTH: ["300"], BASE_URL: null })).toBe("MAX_WIDTH is neither text nor a number");
  });

  it.each(["short", "a secret with spaces in it, which is long", 12345678901234567890123456n])(
    "refuses a secret: %s",
    (secret) => {
      expect(detailOf({ ADMIN_SECRET: secret })).toMatch(/^ADMIN_SECRET is not 24 to 512/);
    },
  );

  it("takes an empty secret for none", () => {
    expect(readConfig({ ADMIN_SECRET: "" }).adminSecret).toBeUndefined();
  });

  it("never tells a secret that it refuses", () => {
    expect(detailOf({ ADMIN_SECRET: "swordfish, swordfish, swordfish" })).not.toContain("swordfish");
  });

  it("reports all faults in one error", () => {
    const wrong = {
      ...variables,
      MAX_AREA: "-1",
      MASTER_TTL_SECONDS: "soon",
      BASE_URL: "images.example/",
      STRICT_CONFINED: "yes",
    };
    try {
      readConfig(wrong);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "config-invalid" });
      const { detail } = error as ImageError;
      for (const name of ["MAX_AREA", "MASTER_TTL_SECONDS", "BASE_URL", "STRICT_CONFINED"])
        expect(detail).toContain(name);
    }
  });

  const detailOf = (changed: Readonly<Record<string, unknown>>): string => {
    try {
      readConfig({ ...variables, ...changed });
    } catch (error) {
      expect(error).toMatchObject({ code: "config-invalid" });
      return (error as ImageError).detail ?? "";
    }
    return "none";
  };

  it.each(["", ";page=", ":p", "~", "@"])("takes a suffix for pages: %j", (suffix) => {
    expect(readConfig({ ...variables, PAGE_SUFFIX: suffix }).pageSuffix).toBe(suffix);
  });

  it.each(["/page/", "?page=", "#", "%20", ";page 2", "p1"])("refuses a suffix for pages: %j", (suffix) => {
    expect(detailOf({ PAGE_SUFFIX: suffix })).toMatch(/^PAGE_SUFFIX is "/);
  });

  it.each(["convert", "embed"])("takes a policy for colours: %s", (policy) => {
    expect(readConfig({ ...variables, COLOR_PROFILE: policy }).colorProfile).toBe(policy);
  });

  it.each(["", "Convert", "srgb", "true"])("refuses a policy for colours, naming those there are: %j", (policy) => {
    expect(detailOf({ COLOR_PROFILE: policy })).toBe(`COLOR_PROFILE is "${policy}", not one of convert, embed`);
  });

  it.each(["copyright", "all", "none"])("takes a policy for metadata: %s", (policy) => {
    expect(readConfig({ ...variables, KEEP_METADATA: policy }).keepMetadata).toBe(policy);
  });

  it.each(["", "some", "ALL"])("refuses a policy for metadata, naming those there are: %j", (policy) => {
    expect(detailOf({ KEEP_METADATA: policy })).toBe(`KEEP_METADATA is "${policy}", not one of copyright, all, none`);
  });

  it.each(["0.05", "0.5", "1", "2.125", "30"])("takes seconds that a cache may take: %s", (seconds) => {
    expect(readConfig({ ...variables, CACHE_TIMEOUT_SECONDS: seconds }).cacheTimeoutSeconds).toBe(Number(seconds));
  });

  it.each(["", "0", "0.04", "30.1", "1.0001", "1e1", "-1", ".5", "1s"])(
    "refuses seconds for a cache: %j",
    (seconds) => {
      expect(detailOf({ CACHE_TIMEOUT_SECONDS: seconds })).toBe(
        `CACHE_TIMEOUT_SECONDS is "${seconds}", not a number of seconds from 0.05 to 30, such as 0.5`,
      );
    },
  );

  it.each([
    ["STORE_AT_ONCE_ABOVE_PIXELS", "0", "1000000000000", "-1", "1000000000001"],
    ["STORE_PICTURES_PER_IMAGE", "1", "4096", "0", "4097"],
    ["STORE_ANGLE_STEP", "0", "360", "-1", "361"],
    ["STORE_SIZE_STEP", "0", "1000000", "0.5", "1000001"],
  ])("holds %s between its bounds", (name, least, most, below, above) => {
    for (const value of [least, most]) expect(detailOf({ [name]: value })).toBe("none");
    for (const value of [below, above, ""])
      expect(detailOf({ [name]: value })).toContain(`${name} is "${value}", not a whole`);
  });

  it("reports the three with all other faults", () => {
    const detail = detailOf({ PAGE_SUFFIX: "/", COLOR_PROFILE: "no", KEEP_METADATA: "no", MAX_WIDTH: "0" });
    expect(detail.split("; ").map((fault) => fault.split(" ")[0])).toEqual([
      "PAGE_SUFFIX",
      "MAX_WIDTH",
      "COLOR_PROFILE",
      "KEEP_METADATA",
    ]);
  });
});
