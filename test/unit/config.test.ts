import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { ImageError } from "../../src/error.ts";

const toml = readFileSync(resolve(import.meta.dirname, "../../wrangler.toml"), "utf8");
const vars = (/\[vars\]\n([\s\S]*?)\n\n/.exec(toml)?.[1] ?? "").matchAll(/^(\w+) = "(.*)"$/gm);
const variables: Record<string, string> = Object.fromEntries(Array.from(vars, ([, name, value]) => [name, value]));

describe("readConfig", () => {
  it("reads what wrangler.toml ships", () => {
    expect(readConfig(variables)).toMatchObject({ baseUrl: undefined, prefix: "/iiif", masterTtlSeconds: 60 });
  });

  it("uses every variable that wrangler.toml ships", () => {
    for (const name of Object.keys(variables)) {
      const { [name]: _, ...rest } = variables;
      expect(() => readConfig(rest), name).toThrow(ImageError);
    }
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
});
