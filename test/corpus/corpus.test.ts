import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCorpus } from "./corpus.ts";
import { judge } from "./judge.ts";
import { type CorpusServer, serveCorpus } from "./serve.ts";

const folder = process.env.TESSERA_CORPUS;
const files = folder === undefined ? [] : readCorpus(folder);

describe.skipIf(files.length === 0)("the corpus named by TESSERA_CORPUS", () => {
  let server: CorpusServer;
  beforeAll(async () => {
    server = await serveCorpus(files);
  });
  afterAll(() => server?.stop());

  it.each(files)("gets what its tier $tier asks for: $name", async (file) => {
    const { passed, findings } = await judge(file, {
      base: server.base,
      hostileMilliseconds: Number.POSITIVE_INFINITY,
    });
    expect(passed, findings.join("  ")).toBe(true);
  });
});

describe.skipIf(files.length > 0)("a corpus", () => {
  it.skip("is left out: TESSERA_CORPUS names no folder", () => undefined);
});
