// Fetches the viewers that viewers.test.ts and restricted-viewers.test.ts open, 10 MB. Run: npm run viewers
import { fetchViewer, viewerNames } from "./viewer-packages.ts";

for (const viewer of viewerNames) {
  await fetchViewer(viewer);
  console.log(`${viewer} is there.`);
}
