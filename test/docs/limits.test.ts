import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { insertLimits, readLimits } from "../../docs/limits-table.ts";
import { withoutComments } from "../support/layers.ts";

const root = join(import.meta.dirname, "..", "..");
const text = readFileSync(join(root, "src/limits.ts"), "utf8");
const limits = readLimits(text);
const importPattern = /\bimport\s*\{([^}]*)\}\s*from\s*"(?:\.\.?\/)+limits\.ts"/g;

const importsByFile = new Map(
  globSync("**/*.ts", { cwd: join(root, "src") }).map((path) => {
    const code = readFileSync(join(root, "src", path), "utf8");
    const names = [...code.matchAll(importPattern)].flatMap(([, list = ""]) => list.match(/\w+/g) ?? []);
    return [path.replaceAll("\\", "/"), { code, names }];
  }),
);

describe("src/limits.ts", () => {
  it.each(limits)("names the files that hold to $name, all of them", ({ name, heldBy }) => {
    const importing = [...importsByFile].filter(([, { names }]) => names.includes(name)).map(([path]) => path);
    expect([...heldBy].sort()).toEqual(importing.sort());
    for (const path of heldBy) {
      expect(existsSync(join(root, "src", path)), path).toBe(true);
      const { code = "" } = importsByFile.get(path) ?? {};
      const used = withoutComments(code.replace(importPattern, ""));
      expect(used, `${path} imports ${name} and does not use it`).toMatch(new RegExp(`\\b${name}\\b`));
    }
  });

  it("is imported by name alone", () => {
    const others = [...importsByFile].filter(
      ([, { code, names }]) => /[./]\/limits\.ts"/.test(code) && names.length === 0,
    );
    expect(others.map(([path]) => path)).toEqual([]);
  });

  it.each([
    [
      "without a comment",
      (source: string) =>
        source.replace(/\/\*\*(?:(?!\*\/)[\s\S])*\*\/\nexport const maxGapBytes/, "export const maxGapBytes"),
      "maxGapBytes has no comment",
    ],
    [
      "without what happens beyond it",
      (source: string) => source.replace(/ \* @beyond identifier-malformed\n/, ""),
      "maxIdentifierBytes needs",
    ],
    [
      "without a unit",
      (source: string) => source.replace("const maxGapBytes", "const maxGap"),
      "maxGap is not an exported number",
    ],
  ])("is refused with a limit %s", (_, damage, message) => {
    expect(() => readLimits(damage(text))).toThrow(message);
  });

  it("is refused with the code of no fault", () => {
    const wrong = readLimits(text.replace("@beyond identifier-malformed", "@beyond identifier-malfromed"));
    expect(() => insertLimits(readFileSync(join(root, "docs/configuration.md"), "utf8"), wrong)).toThrow(
      "identifier-malfromed",
    );
  });
});

describe("the table of limits in docs/configuration.md", () => {
  it("is what `npm run docs` writes", () => {
    const document = readFileSync(join(root, "docs/configuration.md"), "utf8");
    expect(document).toBe(insertLimits(document, limits));
  });
});
