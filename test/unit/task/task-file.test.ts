import { describe, expect, it } from "vitest";
import { maxTaskFileBytes } from "../../../src/limits.ts";
import { formOfName, readTaskFile, type TaskForm } from "../../../src/task/task-file.ts";
import { isTaskId, taskIdOf, workKeyOf } from "../../../src/task/task-id.ts";

const read = (text: string, form: TaskForm) => readTaskFile(new TextEncoder().encode(text), form);
const readJson = (task: unknown) => read(JSON.stringify(task), "json");
const readCsv = (...lines: readonly string[]) => read(lines.join("\n"), "csv");

/** Returns the faults of a file as lines of place and message. */
function faultsOf(answer: ReturnType<typeof readTaskFile>): readonly string[] {
  if ("order" in answer) return [];
  return answer.faults.map(({ place, message }) => (place === undefined ? message : `${place}: ${message}`));
}

describe("a task file", () => {
  it.each([
    [
      "a prefix",
      { kind: "verify", name: "March", from: { prefix: "maps/", suffix: ".tif" }, settings: { decode: true } },
      ["kind,name,prefix,suffix,decode", "verify,March,maps/,.tif,true"],
    ],
    [
      "items by name",
      {
        kind: "check",
        collection: "maps",
        items: [{ key: "a/1.tif" }, { key: "a/2.tif", identifier: "two" }],
        settings: {},
      },
      ["kind;key;identifier;collection", "check;a/1.tif;;maps", ";a/2.tif;two;"],
    ],
    [
      "lists in its settings",
      { kind: "warm", items: [{ key: "a" }], settings: { sizes: ["400,", "!800,800"], formats: ["jpg", "webp"] } },
      ["Kind,key,sizes,formats", 'warm,a,"400, !800,800",jpg webp'],
    ],
    [
      "how an export is made",
      {
        kind: "export",
        from: { prefix: "maps/" },
        settings: {
          base: "https://a.example/x",
          to: "site",
          api: 2,
          tile: 512,
          thumbs: [90, 200],
          "also-rounded": true,
        },
      },
      ["kind,prefix,base,to,api,tile,thumbs,also-rounded", "export,maps/,https://a.example/x,site,2,512,90 200,TRUE"],
    ],
    [
      "a template of identifiers",
      { kind: "convert", from: { prefix: "scans/" }, identifiers: "maps/{path}", settings: { tile: 256 } },
      ["kind,prefix,identifiers,tile", "convert,scans/,maps/{path},256"],
    ],
    ["all there is", { kind: "check", from: { prefix: "" }, settings: {} }, ["kind,prefix", "check,"]],
  ])("says the same in JSON and in CSV: %s", (_, task, lines) => {
    expect(readJson(task)).toEqual({ order: task });
    expect(readCsv(...lines)).toEqual({ order: task });
  });

  it("is read as spreadsheets save it", () => {
    const text = "kind\tkey\r\ncheck\tHöhe.tif\r\n";
    const wide = Uint8Array.from([0xff, 0xfe, ...Buffer.from(text, "utf16le")]);
    expect(readTaskFile(wide, "csv")).toEqual({ order: { kind: "check", items: [{ key: "Höhe.tif" }], settings: {} } });
    const marked = Uint8Array.from([0xef, 0xbb, 0xbf, ...Buffer.from('{"kind":"check","from":{"prefix":""}}')]);
    expect(readTaskFile(marked, "json")).toHaveProperty("order");
  });

  it("has no field twice", () => {
    const text = '{"kind": "check", "items": [{"key": "a", "key": "b"}], "kind": "verify"}';
    expect(faultsOf(read(text, "json"))).toEqual([
      "items[0].key: it stands there twice",
      "kind: it stands there twice",
    ]);
  });

  it("keeps 16 bits with the compression deflate alone", () => {
    const told = (settings: object) => faultsOf(readJson({ kind: "convert", from: { prefix: "" }, settings }));
    expect(told({ "keep-depth": true })).toEqual(["settings.keep-depth: it needs the compression deflate"]);
    expect(told({ "keep-depth": true, compression: "deflate" })).toEqual([]);
    expect(told({ "keep-depth": false })).toEqual([]);
    expect(faultsOf(readCsv("kind,prefix,keep-depth", "convert,,yes"))).toEqual([
      "row 2, column C: it is not true or false",
    ]);
  });

  it("is told what is wrong with its template of identifiers, and what it makes of its items", () => {
    expect(faultsOf(readJson({ kind: "verify", from: { prefix: "" }, identifiers: "{page}[" }))).toEqual([
      "identifiers: verify makes no masters: they are for convert and repack",
      'identifiers: the identifier template "{page}[" has unbalanced brackets',
      expect.stringContaining(
        "has {page}, but the only placeholders are {path, folder, name, extension and collection}",
      ),
      expect.stringContaining("needs {path} or {name}"),
    ]);
    expect(faultsOf(readJson({ kind: "convert", from: { prefix: "" }, identifiers: 3 }))).toEqual([
      "identifiers: it is not a text",
    ]);
    const items = [
      { key: "a/1.tif" },
      { key: "b/1.tif" },
      { key: "a/?.tif" },
      { key: "c", identifier: "x/2" },
      { key: "2" },
    ];
    expect(faultsOf(readJson({ kind: "convert", identifiers: "x/{name}", items }))).toEqual([
      "items[1].key: b/1.tif and a/1.tif would both be x/1",
      "items[4].key: 2 and c would both be x/2",
    ]);
    expect(faultsOf(readCsv("kind,key,identifiers", "repack,?.tif,{path}", ",a.tif,"))).toEqual([
      "row 2, column B: ?.tif has no letter or digit to make an identifier from",
    ]);
  });

  it("is told all that is wrong with it in JSON, each with its place", () => {
    const faults = faultsOf(
      readJson({
        ...{ kind: "verfy", nmae: "x", name: "", from: { prefix: 3, sufix: ".tif" } },
        items: [{ key: "a" }, { key: "" }, { kye: "b" }, { key: "a" }, { key: "c", identifier: ".hidden" }],
        settings: [],
      }),
    );
    expect(faults.toSorted()).toEqual([
      "from.prefix: it is not a text",
      "from.sufix: there is no such field: did you mean suffix",
      "from: there are items too, and a task has one of both",
      "items[1].key: it is empty",
      "items[2].key: it is missing",
      "items[2].kye: there is no such field: did you mean key",
      "items[3].key: a is there already",
      "items[4].identifier: it is no identifier: it is empty, too long, has control characters or a part that begins with a dot",
      'kind: "verfy" is not one of check, verify, warm, convert, repack, export, manifest: did you mean verify',
      "name: it is empty or has control characters",
      "nmae: there is no such field: did you mean name",
      "settings: it is not an object",
    ]);
  });

  it("is judged by the kind that was meant where that is misspelt", () => {
    const task = { kind: "convrt", items: [{ key: "a" }], settings: { quality: 500, tile: 300 } };
    expect(faultsOf(readJson(task))).toEqual([
      expect.stringMatching(/^kind: "convrt" is not one of .*did you mean convert$/),
      "settings.quality: it is above 100",
      "settings.tile: it is not 256 or 512",
    ]);
  });

  it("is told all that is wrong with it in CSV, each with its row and column", () => {
    const faults = faultsOf(
      readCsv("kind,key,identifer,decode,sizes", "check,a.tif,,yes,400", "verify,b.tif,,,", ",a.tif,,,,surplus"),
    );
    expect(faults.toSorted()).toEqual([
      "row 1, column C: there is no column identifer in a task: did you mean identifier",
      "row 2, column D: it is not true or false",
      "row 2, column E: check has no setting sizes",
      "row 3, column A: kind is verify here and check in row 2, and a task has one",
      "row 4, column B: a.tif is there already",
      expect.stringMatching(/^row 4, column F: there is a value behind the last of 5 columns/),
    ]);
  });

  it.each([
    ["nothing", "{}", "json", ["kind: it is missing", "it names no images: neither items nor from with a prefix"]],
    ["no JSON", "kind,key", "json", [expect.stringMatching(/^it is not JSON: /)]],
    ["a list", "[]", "json", ["it is not an object"]],
    [
      "a table of nothing",
      "",
      "csv",
      ["column kind: it is missing", "it names no images: neither items nor from with a prefix"],
    ],
    [
      "an identifier alone",
      "kind,identifier\ncheck,a",
      "csv",
      [
        "row 2, column B: there is an identifier without a key",
        "it names no images: neither items nor from with a prefix",
      ],
    ],
    [
      "a setting of another kind",
      '{"kind":"check","from":{"prefix":""},"settings":{"sizes":["1,"]}}',
      "json",
      ["settings.sizes: there is no such field"],
    ],
    [
      "a size that is none",
      '{"kind":"warm","from":{"prefix":""},"settings":{"sizes":["big"]}}',
      "json",
      ["settings.sizes[0]: it is not a size such as max, 400, or !400,400"],
    ],
    [
      "a file that is to be a folder, and a key that no object may have",
      '{"kind":"manifest","items":[{"key":"a/1.tif"},{"key":"b/","identifier":"b//c"},{"key":"c/"}],"settings":{"a":1}}',
      "json",
      [
        "settings.a: there is no such field",
        "items[0].key: a/1.tif is no folder: it does not end in a slash",
        "items[1].identifier: a part of it is empty",
      ],
    ],
    [
      "a file that is to be a folder, in a table",
      "kind,key\nmanifest,a/\n,b",
      "csv",
      ["row 3, column B: b is no folder: it does not end in a slash"],
    ],
    ["no address of an export", '{"kind":"export","items":[{"key":"a"}]}', "json", ["settings.base: it is missing"]],
    ["no address of an export, in a table", "kind,key\nexport,a", "csv", ["column base: it is missing"]],
    [
      "what an export can't be made with",
      "kind,key,base,to,api,tile,quality,thumbs,also-rounded\nexport,a,https://a.example/,b,4,32,101,90 x 0,perhaps",
      "csv",
      [
        "row 2, column C: it is not an http or https URL without a slash at its end",
        "row 2, column E: it is not 3 or 2",
        "row 2, column F: it is below 64",
        "row 2, column G: it is above 100",
        "row 2, column H: it is not a number",
        "row 2, column H: it is below 1",
        "row 2, column I: it is not true or false",
      ],
    ],
    ["a workbook", "PK\u0003\u0004", "csv", [expect.stringMatching(/^it is a workbook/)]],
  ] as const)("that says %s starts nothing", (_, text, form, faults) => {
    expect(faultsOf(read(text, form))).toEqual(faults);
  });

  it("is taken up to its limit and not beyond", () => {
    const task = JSON.stringify({ kind: "check", from: { prefix: "" } });
    expect(read(task.padEnd(maxTaskFileBytes), "json")).toHaveProperty("order");
    expect(faultsOf(read(task.padEnd(maxTaskFileBytes + 1), "json"))).toEqual([
      "the file has 4194305 bytes, and a task file 4194304 at the most: name a prefix, or divide it",
    ]);
  });

  it("has its faults counted where there are thousands", () => {
    const items = Array.from({ length: 3000 }, () => ({ key: "" }));
    const faults = faultsOf(readJson({ kind: "check", items }));
    expect(faults).toHaveLength(1001);
    expect(faults.at(-1)).toBe("and 2000 faults more");
  });

  it("is known by its ending", () => {
    expect(["a.json", "B.CSV", "c.tif", "json"].map(formOfName)).toEqual(["json", "csv", undefined, undefined]);
  });
});

describe("the id of a task", () => {
  it("sorts by time, is one for one file, and legal for a Workflow", async () => {
    const id = await taskIdOf("2026-11-29T10:48:26.123Z", "a.json\n1");
    expect(id).toMatch(/^20261129-104826-[0-9a-f]{12}$/);
    expect(isTaskId(id)).toBe(true);
    expect(`${id}-12`).toMatch(/^[a-zA-Z0-9_][a-zA-Z0-9-_]{0,99}$/);
    expect(await taskIdOf("2026-11-29T10:48:26.999Z", "a.json\n1")).toBe(id);
    expect(await taskIdOf("2026-11-29T10:48:26.123Z", "a.json\n2")).not.toBe(id);
    expect((await taskIdOf("2026-11-29T10:48:27.000Z", "x")) > id).toBe(true);
    for (const other of ["", "a/b", `${id}-1`, id.toUpperCase().replace("-", "_")]) expect(isTaskId(other)).toBe(false);
  });
});

describe("the key of the work on an item", () => {
  it("is that of the object as it is, with its settings, in whatever order they stand", async () => {
    const work = { kind: "warm", key: "a", etag: "1", settings: { sizes: ["1,"], formats: ["jpg"] } };
    const key = await workKeyOf(work);
    expect(await workKeyOf({ ...work, settings: { formats: ["jpg"], sizes: ["1,"] } })).toBe(key);
    for (const change of [{ kind: "check" }, { key: "b" }, { etag: "2" }, { settings: {} }]) {
      expect(await workKeyOf({ ...work, ...change })).not.toBe(key);
    }
  });
});
