import { describe, expect, it } from "vitest";
import { readOrigins } from "../../../src/config/origins.ts";
import { readConfig } from "../../../src/config.ts";
import type { ImageError } from "../../../src/error.ts";

const s3 = {
  ...{ kind: "s3", prefix: "nls/", endpoint: "https://s3.example.org", bucket: "masters", region: "eu-west-2" },
  ...{ key: "tiff/{rest}.tif", credentials: "NLS" },
};
const https = { kind: "https", prefix: "web/", endpoint: "https://images.example.org/a b/" };

function read(given: unknown, secrets: Readonly<Record<string, unknown>> = {}) {
  const faults: string[] = [];
  return { origins: readOrigins(given, secrets, faults), faults };
}

describe("readOrigins", () => {
  it.each([undefined, "", "  ", "[]"])("has none where nothing is said: %j", (given) => {
    expect(read(given)).toEqual({ origins: [], faults: [] });
  });

  it("reads rules in their order, from JSON or from what it stands for", () => {
    const secrets = { ORIGIN_NLS_ACCESS_KEY_ID: "key", ORIGIN_NLS_SECRET_ACCESS_KEY: "secret/of+the=rule" };
    const found = read(JSON.stringify([s3, https]), secrets);
    expect(found).toEqual({
      faults: [],
      origins: [
        {
          ...{ prefix: "nls/", base: "https://s3.example.org", folder: "/masters", keyTemplate: "tiff/{rest}.tif" },
          isLocal: false,
          access: { kind: "s3", region: "eu-west-2", accessKeyId: "key", secretAccessKey: "secret/of+the=rule" },
        },
        {
          ...{ prefix: "web/", base: "https://images.example.org", folder: "/a b", keyTemplate: "{identifier}" },
          isLocal: false,
          access: { kind: "open" },
        },
      ],
    });
    expect(read([s3, https], secrets)).toEqual(found);
  });

  it("says which secrets are missing where they are used, and never what they are", () => {
    const { origins, faults } = read([s3], { ORIGIN_NLS_ACCESS_KEY_ID: "with\nbreak" });
    const secrets = ["ORIGIN_NLS_ACCESS_KEY_ID", "ORIGIN_NLS_SECRET_ACCESS_KEY"];
    expect([origins[0]?.access, faults]).toEqual([{ kind: "missing", secrets }, []]);
  });

  it.each([
    ["no array", { kind: "s3" }, /^ORIGINS: Invalid type: Expected Array/],
    ["no JSON", "[{]", /^ORIGINS is not JSON: /],
    ["a kind that is not known", [{ ...https, kind: "ftp" }], /^ORIGINS\[0\]\.kind: /],
    ["a field that is not known", [{ ...https, bucket: "x" }], /^ORIGINS\[0\]\.bucket: /],
    ["no prefix", [{ ...https, prefix: undefined }], /^ORIGINS\[0\]\.prefix: /],
    ["keys in the rule", [{ ...s3, secretAccessKey: "swordfish" }], /^ORIGINS\[0\]\.secretAccessKey: /],
    ["credentials that are no name", [{ ...s3, credentials: "swordfish" }], /^ORIGINS\[0\]\.credentials is not a name/],
    ["no credentials", [{ ...s3, credentials: undefined }], /^ORIGINS\[0\]\.credentials: /],
    ["no region", [{ ...s3, region: "" }], /^ORIGINS\[0\]\.region is not a region/],
    ["a bucket with a slash", [{ ...s3, bucket: "a/b" }], /^ORIGINS\[0\]\.bucket is not a bucket's name/],
    ["a key of one file", [{ ...s3, key: "a.tif" }], /^ORIGINS\[0\]\.key has neither \{identifier\} nor \{rest\}/],
    ["a key that leads out", [{ ...s3, key: "../{rest}" }], /^ORIGINS\[0\]\.key leads out of its folder/],
    ["a key with a query", [{ ...s3, key: "{rest}?a" }], /^ORIGINS\[0\]\.key is a path that is not encoded/],
    ["an encoded key", [{ ...s3, key: "%2e/{rest}" }], /^ORIGINS\[0\]\.key is a path that is not encoded/],
    ["http", [{ ...https, endpoint: "http://images.example.org" }], /^ORIGINS\[0\]\.endpoint is "http:.*", not https$/],
    ["no URL", [{ ...https, endpoint: "images.example.org" }], /^ORIGINS\[0\]\.endpoint is .*, which is not a URL$/],
    ["a user name", [{ ...https, endpoint: "https://me:swordfish@x.org" }], /^ORIGINS\[0\]\.endpoint is scheme, host/],
    ["a query", [{ ...https, endpoint: "https://x.org/?a" }], /^ORIGINS\[0\]\.endpoint is scheme, host/],
    ["a backslash", [{ ...https, endpoint: "https://x.org\\@y.org" }], /^ORIGINS\[0\]\.endpoint is scheme, host/],
    [
      "an address",
      [{ ...https, endpoint: "https://2130706433" }],
      /^ORIGINS\[0\]\.endpoint: 127\.0\.0\.1 is an address/,
    ],
    ["a private name", [{ ...https, endpoint: "https://localhost" }], /^ORIGINS\[0\]\.endpoint: localhost is a name/],
    [
      "a local rule that is not",
      [{ ...https, local: true }],
      /^ORIGINS\[0\]\.endpoint is .*: a local rule leads to this/,
    ],
    [
      "a rule that is never reached",
      [https, { ...s3, prefix: "web/a" }],
      /^ORIGINS\[1\]\.prefix is never reached: ORIGINS\[0\]/,
    ],
  ])("refuses %s", (_, given, sentence) => {
    const { origins, faults } = read(given);
    expect(origins).toEqual([]);
    expect(faults).toEqual([expect.stringMatching(sentence)]);
    expect(faults.join()).not.toContain("swordfish");
  });

  it("looks at each rule though another one has a wrong form", () => {
    const { faults } = read([
      { ...https, endpoint: "https://10.0.0.1/x" },
      { ...https, kind: "ftp" },
    ]);
    expect(faults.toSorted()).toEqual([
      expect.stringMatching(/^ORIGINS\[0\]\.endpoint: /),
      expect.stringMatching(/^ORIGINS\[1\]/),
    ]);
  });

  it("says all that is wrong at once, with the rest of the configuration", () => {
    const origins = [
      { ...https, kind: "ftp" },
      { ...s3, region: "", key: "../{rest}" },
      { ...https, prefix: 7 },
    ];
    try {
      readConfig({ ORIGINS: origins, JPEG_QUALITY: "101" });
      expect.unreachable();
    } catch (error) {
      const { detail } = error as ImageError;
      for (const place of ["[0].kind", "[1].region", "[1].key", "[2].prefix"])
        expect(detail).toContain(`ORIGINS${place}`);
      expect(detail).toContain("JPEG_QUALITY");
    }
  });

  it("keeps the keys of the bucket apart from those of origins", () => {
    expect(() => readConfig({ ORIGINS: [https], KEY_TEMPLATE: ".{identifier}" })).toThrow();
    expect(readConfig({ KEY_TEMPLATE: ".{identifier}" }).origins).toEqual([]);
    expect(readConfig({ ORIGINS: [https] }).origins).toHaveLength(1);
  });
});
