import type { ImageError } from "../error.ts";
import { prefixBytes } from "../masters/image.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import { seenSize } from "../pyramid/pyramid.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { findPage } from "../tiff/page.ts";
import type { OpenedContainer } from "./container.ts";
import { formatFault, tryMaster, unlessFault } from "./faults.ts";
import type { Finding } from "./finding.ts";
import { findInLayout } from "./layout-findings.ts";
import { findLeftOut } from "./left-out.ts";
import { type DifferingLevel, findDifferingLevels, type SeePixels } from "./level-comparison.ts";
import { reportLevel } from "./level-report.ts";
import { chooseMend, type Mendable, mendByIngest, mendStated } from "./mend.ts";
import { type OpenedPage, openPage } from "./open-page.ts";
import { reportProfile } from "./profile-report.ts";
import type { LevelReport, PageReport, PictureReport, Problem, StatedPicture } from "./report.ts";
import { findInCoding, findInColors } from "./sample-findings.ts";
import { type DrawPicture, tryServing } from "./serving.ts";
import { findInServing, servedOf } from "./serving-findings.ts";
import { readStated } from "./stated-picture.ts";

/** One page of a container to check. */
export interface PageToCheck {
  readonly source: ByteSource;
  /** The first bytes of the file. */
  readonly prefix: Uint8Array;
  readonly opened: OpenedContainer;
  readonly page: number;
  readonly draw: DrawPicture | undefined;
  readonly see: SeePixels | undefined;
}

/** A page and its problems. */
export interface CheckedPage {
  readonly report: PageReport;
  readonly problems: readonly Problem[];
}

/** Checks one image of a file. Throws what the source throws, and what drawing throws that is not the master's fault. */
export async function checkPage(checked: PageToCheck): Promise<CheckedPage> {
  const opening = await tryMaster(() => openPage(checked.source, checked.prefix, checked.page));
  return "fault" in opening ? reportRefused(checked, opening.fault) : checkOpened(checked, opening.value);
}

async function reportRefused({ opened, page }: PageToCheck, fault: ImageError): Promise<CheckedPage> {
  const { chain, directories } = opened;
  const found = chain && (await unlessFault(() => findPage(directories, chain, page)));
  const stated = found && (await readStated(found.main));
  const isDamaged = fault.code === "source-malformed";
  const problem: Problem = {
    severity: "error",
    code: isDamaged ? "damaged" : "not-read",
    pages: [page],
    message: formatFault(fault),
    mend: isDamaged ? [] : mendRefused(opened, stated),
  };
  return {
    report: { page, picture: undefined, stated, costs: undefined, served: "none" },
    problems: [problem],
  };
}

function mendRefused({ container, pages }: OpenedContainer, stated: StatedPicture | undefined): readonly string[] {
  return container.byteOrder === undefined ? mendByIngest : mendStated(stated, pages);
}

async function checkOpened(checked: PageToCheck, page: OpenedPage): Promise<CheckedPage> {
  const { source, opened, draw, see } = checked;
  const { pyramid } = page;
  const isFile = opened.container.byteOrder === undefined;
  const serving = await tryServing({ ...page, source }, draw);
  const levels: LevelReport[] = [];
  for (const level of pyramid.levels) {
    levels.push(await reportLevel(source, { pyramid, level, isCopied: serving.copied.has(level), isFile }));
  }
  const picture = reportPicture(page, levels);
  const costs = { opening: page.opening, tile: serving.square, thumbnail: serving.thumbnail };
  const differing = see === undefined ? [] : await findDifferingLevels({ pyramid, source }, see);
  const findings = [
    ...findInServing(picture, serving),
    ...differing.map(differingFinding),
    ...findInLayout({ picture, costs, ...(await countDirectories(checked, pyramid)) }),
    ...findInCoding(picture),
    ...findInColors(picture),
  ];
  return {
    report: {
      page: checked.page,
      picture,
      stated: undefined,
      costs,
      served: servedOf(picture, findings, serving),
    },
    problems: chooseMends(findings, { pyramid, levels, pages: opened.pages }, checked.page),
  };
}

function differingFinding({ width, height, difference }: DifferingLevel): Finding {
  const message = `The level of ${width} by ${height} does not show what the level above it shows: means differ by ${Math.round(difference)} of 255. Reduced pictures are wrong.`;
  return { severity: "error", code: "level-differs", message, remedy: "conversion" };
}

function reportPicture(
  { pyramid, storedProfile, metadata, isRangeStated }: OpenedPage,
  levels: readonly LevelReport[],
): PictureReport {
  const { encoding } = pyramid.levels[0];
  const { layout, model } = encoding;
  const { exif, xmp, iptc, ...texts } = metadata;
  const blocks = Object.entries({ exif, xmp, iptc }).flatMap(([name, block]) => (block === undefined ? [] : [name]));
  return {
    ...seenSize(pyramid),
    orientation: pyramid.orientation,
    levels,
    samples: {
      model,
      isInverted: encoding.isInverted,
      perPixel: layout.samplesPerPixel,
      bits: layout.bits,
      format: layout.format,
      isRangeGuessed: layout.format === "float" && !isRangeStated,
      predictor: encoding.predictor,
      isPlanar: layout.isPlanar,
      alpha: layout.alpha === undefined ? "none" : layout.alpha.isAssociated ? "associated" : "unassociated",
    },
    profile: reportProfile(storedProfile, model),
    metadata: { ...texts, blocks: blocks as PictureReport["metadata"]["blocks"] },
  };
}

/** Directories of the whole file that the first read does not reach, and those of this page that are not levels. */
async function countDirectories({ opened, page }: PageToCheck, { levels }: Pyramid) {
  const { chain, directories } = opened;
  const found = chain && (await unlessFault(() => findPage(directories, chain, page)));
  const all = chain?.pages.flatMap(({ directory, subDirectories }) => [directory, ...subDirectories]) ?? [];
  return {
    distantDirectories: all.filter(({ offset }) => offset >= prefixBytes).length,
    brokenLinks: chain?.brokenLinks ?? [],
    leftOut: found === undefined ? { unread: [], doubtful: [], others: 0 } : await findLeftOut(found, levels),
  };
}

/** New tiles come in a good layout anyway: where they are needed, no other remedy is. */
function chooseMends(findings: readonly Finding[], image: Mendable, page: number): readonly Problem[] {
  const isConverted = findings.some(({ remedy }) => remedy === "conversion");
  return findings.map(({ remedy, ...finding }): Problem => {
    const settled = remedy === "layout" && isConverted ? "conversion" : remedy;
    return { ...finding, pages: [page], mend: chooseMend(image, settled) };
  });
}
