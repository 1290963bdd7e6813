import { describe, expect, it } from "vitest";
import { formatIdentifier, identifierOf as parsed, parseIdentifier } from "../../../src/identity/identifier.ts";
import {
  defaultTemplate,
  formatTemplate,
  parseTemplate,
  type TemplateValues,
} from "../../../src/identity/identifier-template.ts";

function identifierOf(template: string, given: Partial<TemplateValues>): string {
  const faults: string[] = [];
  const parsed = parseTemplate(template, faults);
  expect(faults).toEqual([]);
  const path = given.path ?? "plate";
  const empty = { folder: "", name: path, extension: "tif", page: "", collection: "", prefix: "" };
  return formatTemplate(parsed, { ...empty, ...given, path });
}

function faultsOf(template: string): readonly string[] {
  const faults: string[] = [];
  parseTemplate(template, faults);
  return faults;
}

describe("the template of identifiers", () => {
  it("puts collection and prefix first and the page last by default, if there are any", () => {
    expect(identifierOf(defaultTemplate, { path: "maps/plate" })).toBe("maps/plate");
    expect(identifierOf(defaultTemplate, { path: "plate", collection: "atlas" })).toBe("atlas/plate");
    expect(identifierOf(defaultTemplate, { path: "plate", prefix: "nga-", page: "07" })).toBe("nga-plate-07");
  });

  it("fills in every placeholder in its place", () => {
    const values = { path: "maps/1850/plate", folder: "maps/1850", name: "plate", page: "2", collection: "c" };
    expect(identifierOf("{folder}/x-{name}.{extension}/{page}/{collection}", values)).toBe("maps/1850/x-plate.tif/2/c");
  });

  it("leaves a group out when one of its placeholders is empty", () => {
    expect(identifierOf("{name}[:{collection}-{page}]", { collection: "c" })).toBe("plate");
    expect(identifierOf("{name}[:{collection}-{page}]", { collection: "c", page: "1" })).toBe("plate:c-1");
  });

  it("turns what is not safe into hyphens and keeps letters of any script, composed", () => {
    expect(identifierOf("{path}", { path: "Ünï côde/Seite #4 (neu)?" })).toBe("Ünï-côde/Seite-4-neu");
    expect(identifierOf("{path}", { path: "cafe\u0301" })).toBe("caf\u00e9");
    expect(identifierOf("{path}", { path: "地図/1" })).toBe("地図/1");
  });

  it("never makes a segment that starts with a dot, or an empty one", () => {
    expect(identifierOf("{path}", { path: "..a/??/.b./c" })).toBe("a/b/c");
    expect(identifierOf("{path}", { path: ".hidden" })).toBe("hidden");
    expect(identifierOf("/{folder}/{name}", { folder: "", name: "n" })).toBe("n");
  });

  it("makes identifiers that a URI returns unchanged", () => {
    for (const path of ["a b/c+d", "100%", "é/ü", "x;y=z", "...", "a//b", "~t_s-r.q"]) {
      const identifier = identifierOf("i{path}", { path });
      expect(parseIdentifier(formatIdentifier(parsed(identifier)))).toBe(identifier);
    }
  });

  it("reports everything that is wrong with it at once", () => {
    expect(faultsOf("{nmae}#[{page}")).toHaveLength(4);
    expect(faultsOf("{collection}")).toEqual([expect.stringContaining("needs {path} or {name}")]);
    expect(faultsOf("{name}}")).toEqual([expect.stringContaining("has }")]);
  });
});
