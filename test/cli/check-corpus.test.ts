import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkMaster } from "../../src/check/check.ts";
import { openDrawer } from "../../src/cli/check-drawer.ts";
import { openFileSource } from "../../src/node/file-source.ts";
import { readCorpus } from "../corpus/corpus.ts";
import { type CorpusServer, serveCorpus } from "../corpus/serve.ts";

const folder = process.env.TESSERA_CORPUS;
const files = folder === undefined ? [] : readCorpus(folder);

describe.skipIf(files.length === 0)("the check of the corpus named by TESSERA_CORPUS", () => {
  const draw = files.length === 0 ? undefined : openDrawer();
  let server: CorpusServer;
  beforeAll(async () => {
    server = await serveCorpus(files);
  });
  afterAll(() => server?.stop());

  /** A picture that lacks rows is sent too, for nobody to keep. */
  const isAnswered = async (name: string, path: string): Promise<boolean> => {
    const response = await fetch(`${server.base}/${encodeURIComponent(name)}/${path}`);
    await response.arrayBuffer();
    return response.status === 200 && response.headers.get("Cache-Control") !== "no-store";
  };

  it.each(files)("says what the service does: $name", async ({ name, path }) => {
    await using source = await openFileSource(path);
    const { pages } = await checkMaster(source, { draw });
    const answers = [
      await isAnswered(name, "info.json"),
      await isAnswered(name, "full/!128,128/0/default.jpg"),
      await isAnswered(name, "square/!256,256/0/default.png"),
    ];
    expect(pages[0]?.served === "whole").toBe(answers.every((isGood) => isGood));
  });
});

describe.skipIf(files.length > 0)("the check of a corpus", () => {
  it.skip("is left out: TESSERA_CORPUS names no folder", () => undefined);
});
