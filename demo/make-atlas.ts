// Makes the sheets of the atlas of the demonstration, and the text of each as ALTO, from NASA's map. Run: npx -c "node
// demo/make-atlas.ts FILE", FILE being Blue Marble Next Generation in 5,400 by 2,700 pixels. It takes EB Garamond of the
// system (apt-get install fonts-ebgaramond).
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp, { type OverlayOptions, type TiffOptions } from "sharp";
import { type Sheet, sheets } from "./atlas-sheets.ts";
import { projectFolder } from "./masters.ts";

const folder = join(projectFolder, "demo", "atlases", "blue-marble");

/** The longer side of a map, the paper around it, and the band below that has its title, in pixels. */
const mapSide = 1500;
const margin = 56;
const band = 116;

const paper = { r: 246, g: 242, b: 232 };
const ink = "#2b2620";

/** A pyramid of JPEG tiles: the ingest has nothing to convert. */
const master: TiffOptions = {
  compression: "jpeg",
  quality: 72,
  tile: true,
  tileWidth: 256,
  tileHeight: 256,
  pyramid: true,
};

/** A text on a sheet: where it is, in pixels. */
interface Written {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly picture: Buffer;
}

interface Lettering {
  readonly points: number;
  readonly color: string;
  readonly isItalic?: boolean;
  readonly spacing?: number;
}

/** Draws a text with its middle at a place. */
async function write(
  text: string,
  [x, y]: readonly [number, number],
  { points, color, isItalic = false, spacing = 0 }: Lettering,
): Promise<Written> {
  const style = `foreground="${color}" letter_spacing="${spacing * 1024}"${isItalic ? ' style="italic"' : ""}`;
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const drawn = sharp({
    text: { text: `<span ${style}>${escaped}</span>`, font: `EB Garamond ${points}`, rgba: true, dpi: 72 },
  });
  const { data, info } = await drawn.png().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return { text, left: Math.round(x - width / 2), top: Math.round(y - height / 2), width, height, picture: data };
}

/** A text that is read on light and dark: a soft shadow lies under it. */
async function overlaysOf({ picture, left, top }: Written): Promise<readonly OverlayOptions[]> {
  const room = 8;
  const shadow = await sharp(picture)
    .extend({ top: room, bottom: room, left: room, right: room, background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .linear([0, 0, 0, 1.6], [0, 0, 0, 0])
    .blur(2.2)
    .png()
    .toBuffer();
  return [
    { input: shadow, left: left - room, top: top - room },
    { input: shadow, left: left - room, top: top - room },
    { input: picture, left, top },
  ];
}

/** Returns lines as ALTO 3 in pixels of the sheet. Source: the schema of the Library of Congress. */
function formatAlto(size: { readonly width: number; readonly height: number }, lines: readonly Written[]): string {
  const quoted = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const place = ({ left, top, width, height }: Written): string =>
    `HPOS="${left}" VPOS="${top}" WIDTH="${width}" HEIGHT="${height}"`;
  const rows = lines.map(
    (line) => `          <TextLine ${place(line)}><String ${place(line)} CONTENT="${quoted(line.text)}"/></TextLine>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v3#">
  <Description><MeasurementUnit>pixel</MeasurementUnit></Description>
  <Layout>
    <Page ID="page" PHYSICAL_IMG_NR="1" WIDTH="${size.width}" HEIGHT="${size.height}">
      <PrintSpace HPOS="0" VPOS="0" WIDTH="${size.width}" HEIGHT="${size.height}">
        <TextBlock ID="block" language="en">
${rows.join("\n")}
        </TextBlock>
      </PrintSpace>
    </Page>
  </Layout>
</alto>
`;
}

/** Draws a sheet: the map in true proportions at its middle latitude, its places, its title. */
async function makeSheet(source: string, sheet: Sheet): Promise<void> {
  const { longitudes, latitudes, places, number, title, file } = sheet;
  const { width: sourceWidth = 0 } = await sharp(source).metadata();
  const perDegree = sourceWidth / 360;
  const [west, east] = longitudes;
  const [south, north] = latitudes;
  const middle = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const [across, down] = [(east - west) * middle, north - south];
  const scale = mapSide / Math.max(across, down);
  const map = { width: Math.round(across * scale), height: Math.round(down * scale) };
  const size = { width: map.width + 2 * margin, height: map.height + margin + band };
  const cut = await sharp(source)
    .extract({
      left: Math.round((west + 180) * perDegree),
      top: Math.round((90 - north) * perDegree),
      width: Math.round((east - west) * perDegree),
      height: Math.round((north - south) * perDegree),
    })
    .resize({ ...map, fit: "fill" })
    .modulate({ brightness: 1.15, saturation: 0.95 })
    .toBuffer();
  const drawn = await Promise.all(
    places.map(({ name, at: [longitude, latitude], isWater = false }) =>
      write(
        name,
        [
          margin + ((longitude - west) / (east - west)) * map.width,
          margin + ((north - latitude) / (north - south)) * map.height,
        ],
        isWater
          ? { points: 27, color: "#cfe3f5", isItalic: true, spacing: 2 }
          : { points: 25, color: "#fffaf0", spacing: 2 },
      ),
    ),
  );
  // No name is written over the edge of the map.
  const names = drawn.map((name) => ({
    ...name,
    left: Math.min(Math.max(name.left, margin + 12), margin + map.width - name.width - 12),
  }));
  const heading = await write(`${number}. ${title}`, [size.width / 2, size.height - band / 2], {
    points: 46,
    color: ink,
    spacing: 1,
  });
  const overlays = (await Promise.all(names.map(overlaysOf))).flat();
  await sharp({ create: { ...size, channels: 3, background: paper } })
    .composite([
      { input: cut, left: margin, top: margin },
      ...overlays,
      { input: heading.picture, left: heading.left, top: heading.top },
    ])
    .tiff(master)
    .toFile(join(folder, `${file}.tif`));
  await writeFile(join(folder, `${file}.xml`), formatAlto(size, [...names, heading]));
}

/** Draws the page that stands before the sheets. */
async function makeTitle(): Promise<void> {
  const size = { width: 1300, height: 1500 };
  const centre = size.width / 2;
  const lines = await Promise.all([
    write("The Blue Marble", [centre, 420], { points: 112, color: ink }),
    write("An atlas in seven sheets", [centre, 560], { points: 52, color: ink, isItalic: true }),
    write("drawn from the satellite pictures of", [centre, 900], { points: 34, color: ink, isItalic: true }),
    write("NASA’s Earth Observatory", [centre, 960], { points: 40, color: ink, spacing: 1 }),
    write("Blue Marble Next Generation", [centre, 1024], { points: 34, color: ink }),
    write("In the public domain", [centre, 1330], { points: 30, color: ink, isItalic: true }),
  ]);
  const frame = `<svg width="${size.width}" height="${size.height}"><rect x="70" y="70" width="${size.width - 140}"
    height="${size.height - 140}" fill="none" stroke="${ink}" stroke-width="3"/><rect x="84" y="84"
    width="${size.width - 168}" height="${size.height - 168}" fill="none" stroke="${ink}" stroke-width="1"/><path
    d="M${centre - 60} 700h120" stroke="${ink}" stroke-width="2"/></svg>`;
  await sharp({ create: { ...size, channels: 3, background: paper } })
    .composite([
      { input: Buffer.from(frame), left: 0, top: 0 },
      ...lines.map(({ picture, left, top }) => ({ input: picture, left, top })),
    ])
    .tiff(master)
    .toFile(join(folder, "0-title.tif"));
  await writeFile(join(folder, "0-title.xml"), formatAlto(size, lines));
}

const [source] = process.argv.slice(2);
if (source === undefined) {
  console.error("Usage: node demo/make-atlas.ts FILE");
  process.exitCode = 1;
} else {
  await mkdir(folder, { recursive: true });
  await makeTitle();
  for (const sheet of sheets) await makeSheet(source, sheet);
}
