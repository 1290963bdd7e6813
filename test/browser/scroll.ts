import { projectFolder } from "../../demo/masters.ts";
import { localBuckets } from "../../src/bucket/local-buckets.ts";
import { checkedBytes } from "../../src/bucket/upload.ts";
import type { StoredImage } from "../../src/catalogue/stored-image.ts";
import { formatWork, workKey } from "../../src/catalogue/work-record.ts";
import { makeWork } from "../support/works.ts";

const sheet = (name: string, width: number, height: number): StoredImage => {
  return { identifier: `blue-marble/${name}`, width, height, sizes: [] };
};

/** An object that is read from right to left, with a choice of two images and a page that is missing. */
export async function storeScroll(stateFolder: string): Promise<void> {
  const world = sheet("1-world", 1612, 922);
  const scroll = makeWork({
    key: "scrolls/one",
    label: { he: ["מגילה"], en: ["A scroll"] },
    viewingDirection: "right-to-left",
    pages: [
      { key: "first", width: 1612, height: 922, images: [world, sheet("6-asia", 1612, 1408)] },
      { key: "second", width: 1612, height: 922, label: { none: ["1v"] }, images: [] },
      { key: "third", width: 1612, height: 1662, images: [sheet("5-africa", 1612, 1662)] },
    ],
  });
  const buckets = localBuckets({ configFile: `${projectFolder}/wrangler.toml`, stateFolder });
  const headers = { contentType: "application/json", metadata: {} };
  await buckets.catalogue.put(workKey(scroll.key), checkedBytes(formatWork(scroll)), headers);
  await buckets.close();
}
