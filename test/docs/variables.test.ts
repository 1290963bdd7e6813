import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";

const root = join(import.meta.dirname, "..", "..");
const toml = readFileSync(join(root, "wrangler.toml"), "utf8");
const section = /\[vars\]\n([\s\S]*?)\n\n/.exec(toml)?.[1] ?? "";
const shipped = Object.fromEntries([...section.matchAll(/^(\w+) = "(.*)"$/gm)].map(([, name, value]) => [name, value]));

const document = readFileSync(join(root, "docs/configuration.md"), "utf8");
const rows = [...document.matchAll(/^\| `([A-Z_]+)` \|[^|]*\|([^|]*)\|([^|]*)\|[^|]+\|$/gm)].map(
  ([, name = "", value = "", allowed = ""]) => ({ name, value: value.trim(), allowed: allowed.trim() }),
);

const accepts = (name: string, value: string | number): boolean => {
  try {
    readConfig({ ...shipped, [name]: String(value) });
    return true;
  } catch {
    return false;
  }
};

const numberOf = (text: string): number => (text === "10¹²" ? 10 ** 12 : Number(text.replaceAll(",", "")));

/** How each column of allowed values is told apart, and tried on the configuration itself. */
const ranges = rows.flatMap(({ name, allowed }) => {
  const [, least, most] = /^([\d.,]+) to ([\d.,]+|10¹²)(?:, |$)/.exec(allowed) ?? [];
  return least === undefined || most === undefined ? [] : [{ name, least: numberOf(least), most: numberOf(most) }];
});
const choices = rows.filter(({ allowed }) => /^`\w+`(?:, `\w+`)+$/.test(allowed));
const texts = [
  ...[
    "BASE_URL",
    "SITE_NAME",
    "PREFIX",
    "GATEWAY",
    "KEY_TEMPLATE",
    "PAGE_SUFFIX",
    "ORIGINS",
    "HELP_URL",
    "ACCESS_AUDIENCE",
  ],
  ...["ACCESS_TEAM", "JURISDICTION", "ROBOTS_TAG", "AI_PREFERENCES"],
  ...["LOGIN_AUDIENCE", "OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_ROLES_CLAIM", "OIDC_SCOPE"],
];

const rule = '{"kind": "https", "prefix": "web/", "endpoint": "https://example.org"}';

describe("the table of variables in docs/configuration.md", () => {
  it("has every variable of wrangler.toml in its order, and no other", () => {
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(shipped));
    expect(
      [...ranges, ...choices]
        .map(({ name }) => name)
        .concat(texts)
        .sort(),
    ).toEqual(Object.keys(shipped).sort());
  });

  it.each(rows)("states what $name is as shipped", ({ name, value }) => {
    expect(value.replaceAll("`", "")).toBe(shipped[name] === "" ? "empty" : shipped[name]);
  });

  it.each(ranges)("states the range of $name: $least to $most", ({ name, least, most }) => {
    const beyond = Number.isInteger(least) ? 1 : 0.001;
    expect([least, most].filter((value) => !accepts(name, value))).toEqual([]);
    expect([least - beyond, most + beyond].filter((value) => accepts(name, value))).toEqual([]);
  });

  it.each(choices)("states the values of $name: $allowed", ({ name, allowed }) => {
    const stated = allowed.match(/\w+/g) ?? [];
    expect(stated.filter((value) => !accepts(name, value))).toEqual([]);
    let refusal: unknown;
    try {
      readConfig({ ...shipped, [name]: "other" });
    } catch (error) {
      refusal = error;
    }
    const known = /not (?:one of )?(.+)$/.exec((refusal as { detail: string }).detail)?.[1]?.match(/\w+/g) ?? [];
    expect(known.filter((word) => word !== "or").sort()).toEqual([...stated].sort());
  });

  it.each([
    ["BASE_URL", ["", "https://images.example.org"], ["https://images.example.org/", "images.example.org"]],
    ["SITE_NAME", ["Tessera", "Musée d’art"], ["", "a\u0000b", "x".repeat(101)]],
    ["PREFIX", ["/iiif", "/a.b/c_d~e-f"], ["iiif", "/iiif/", "", "/a b"]],
    ["GATEWAY", ["", "[]", '[{"prefix":"/loris/"}]'], ["{}", "loris", '[{"prefix":"loris"}]', '[{"prefx":"/loris/"}]']],
    ["KEY_TEMPLATE", ["{identifier}", "masters/{identifier}.tif"], ["masters", ""]],
    ["ACCESS_AUDIENCE", ["", "a1b2c3d4e5f6a7b8"], ["short", "two words", "https://team.example"]],
    ["ACCESS_TEAM", ["", "museum", "my-museum"], ["https://museum.cloudflareaccess.com", "a.b", "-a", "Museum"]],
    ["LOGIN_AUDIENCE", ["", "a1b2c3d4e5f6a7b8"], ["short", "two words", "https://team.example"]],
    // The one needs the other.
    ["OIDC_ISSUER", [""], ["https://id.example", "id.example"]],
    ["OIDC_CLIENT_ID", [""], ["tessera", "two words"]],
    ["OIDC_ROLES_CLAIM", ["groups", "realm_access.roles", "https://museum.example/roles"], ["", "two words"]],
    ["OIDC_SCOPE", ["openid", "openid email groups"], ["", " openid  email", "a\u0000"]],
    ["JURISDICTION", ["", "eu", "fedramp", "us"], ["EU", "de"]],
    ["ROBOTS_TAG", ["", "noindex", "noimageindex,max-image-preview:none"], ["index", "noindex;", "a\r\nX: y"]],
    [
      "AI_PREFERENCES",
      ["", "train-ai=n", "train-ai=n, ai-use=n,search=y"],
      ["train-ai", "train-ai=no", "ai-train=n", "train-ai=n, train-ai=y", "train-ai=n,", "search=y\r\nX: y"],
    ],
    ["ORIGINS", ["", "[]", `[${rule}]`], ["x", "{}", rule, `[${rule.replace("example.org", "localhost")}]`]],
    ["PAGE_SUFFIX", ["", ";page="], ["/", "?", "#", "%", "p 1", "p1"]],
  ] as const)("states what %s takes", (name, taken, refused) => {
    expect(taken.filter((value) => !accepts(name, value))).toEqual([]);
    expect(refused.filter((value) => accepts(name, value))).toEqual([]);
  });
});

describe("docs/storage.md", () => {
  const page = readFileSync(join(root, "docs/storage.md"), "utf8");

  it("shows rules that are taken, in both spellings", () => {
    const [, block = ""] = /```toml\n([\s\S]*?)```/.exec(page) ?? [];
    const rules = block.split("[[vars.ORIGINS]]").slice(1);
    const read = rules.map((text) =>
      Object.fromEntries([...text.matchAll(/^(\w+) = "(.*)"$/gm)].map(([, name, value]) => [name, value])),
    );
    const { origins } = readConfig({ ORIGINS: read });
    expect(origins.map(({ access }) => access.kind)).toEqual(["missing", "open"]);
    const [, json = ""] = /`ORIGINS = '(.*?)'`/.exec(page) ?? [];
    expect(readConfig({ ORIGINS: json }).origins).toHaveLength(1);
  });
});
