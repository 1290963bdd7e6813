// Fetches the viewers that test/browser/viewers.test.ts opens, 10 MB. Run: npm run viewers
import { fetchViewer, viewerNames } from "./viewer-packages.ts";

for (const viewer of viewerNames) {
  await fetchViewer(viewer);
  console.log(`${viewer} is there.`);
}
