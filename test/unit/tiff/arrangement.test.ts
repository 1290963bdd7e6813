import { describe, expect, it } from "vitest";
import { arrangeDirectories } from "../../../src/tiff/arrangement.ts";
import type { Subfile } from "../../../src/tiff/subfile.ts";

/** A directory by name; its form is in letters. */
interface Named extends Subfile {
  readonly name: string;
}

/**
 * Reads a directory: a name, its width, and letters. The height is three quarters of the width, or stated. `t` has
 * tiles, `r` is flagged as reduced, `p` as a page, `m` as a mask; `#2/4` is a PageNumber.
 */
function directory(text: string): Named {
  const [, name = "", width, height, letters = "", number, total] =
    /^(\w+):(\d+)(?:x(\d+))?([trpm]*)(?:#(\d+)\/(\d+))?$/.exec(text) ?? [];
  if (width === undefined) throw new Error(`not a directory: ${text}`);
  return {
    name,
    size: { width: Number(width), height: height === undefined ? Math.ceil(Number(width) * 0.75) : Number(height) },
    isTiled: letters.includes("t"),
    isReduced: letters.includes("r"),
    isPage: letters.includes("p"),
    isMask: letters.includes("m"),
    pageNumber: number === undefined ? undefined : { number: Number(number), total: Number(total) },
  };
}

/** Arranges a chain, given as words; SubIFDs stand behind a plus sign. Returns each image with its levels, by name. */
function arrange(chain: string): readonly string[] {
  const [first, ...others] = chain.split(" ").map((word) => {
    const [own = "", ...children] = word.split("+");
    return { own: directory(own), children: children.map(directory) };
  });
  return arrangeDirectories<Named>([first!, ...others]).map(({ main, levels, doubtful }) => {
    const unsure = doubtful.length === 0 ? [] : ["?", ...doubtful.map(({ name }) => name)];
    return [main, ...levels]
      .map(({ name }) => name)
      .concat(unsure)
      .join(" ");
  });
}

/** A chain and what it is: an image a text, its levels behind it, what is in doubt behind a question mark. */
type Case = readonly [string, string, readonly string[]];

describe("the arrangement of directories", () => {
  it.each<Case>([
    ["levels behind each page", "A:400t a:200tr b:100tr B:400t c:200tr", ["A a b", "B c"]],
    ["one level of each of two pages behind both", "A:400t B:400t a:200tr b:200tr", ["A a", "B b"]],
    [
      "the first level of each page, then the second of each",
      "A:400t B:400t C:400t a:200tr b:200tr c:200tr d:100tr e:100tr f:100tr",
      ["A a d", "B b e", "C c f"],
    ],
    [
      "all levels of the first page, then all of the second",
      "A:400t B:400t a:200tr b:100tr c:200tr d:100tr",
      ["A a b", "B c d"],
    ],
    ["pages of their own proportions", "A:400t B:400x100t b:200x50tr a:200tr", ["A a", "B b"]],
    ["pages that differ by a pixel or two", "A:400x300t B:402x301t b:201x151tr a:200x150tr", ["A a", "B b"]],
    [
      "rows of pages, each with its levels behind",
      "A:400t a:200tr B:400t C:400t b:200tr c:200tr",
      ["A a", "B b", "C c"],
    ],
    ["levels by their numbers", "A:400t#0/2 B:400t#1/2 b:200tr#1/2 a:200tr#0/2 c:100tr#0/2", ["A a c", "B b"]],
    ["levels numbered as directories", "A:400t#0/4 B:400t#1/4 a:200tr#2/4 b:200tr#3/4", ["A a", "B b"]],
  ])("gives flagged levels to their pages: %s", (_, chain, images) => {
    expect(arrange(chain)).toEqual(images);
  });

  it.each<Case>([
    ["one level behind two like pages, as gdaladdo leaves it", "A:400t B:400t a:200tr", ["A ? a", "B ? a"]],
    ["two levels of one page behind two", "A:400t B:400t a:200tr b:100tr", ["A ? a b", "B ? a b"]],
    [
      "four levels of one page behind two",
      "A:400t B:400t a:200tr b:100tr c:50tr d:25tr",
      ["A ? a b c d", "B ? a b c d"],
    ],
    ["three levels behind two pages", "A:400t B:400t a:200tr b:200tr c:100tr", ["A ? a b c", "B ? a b c"]],
    ["tiles without a flag behind two pages", "A:400t B:400t a:200t", ["A", "B", "a"]],
    ["tiles without a flag, two behind two", "A:400t B:400t a:200t b:200t", ["A", "B", "a", "b"]],
    ["tiles in proportion, but no whole fraction", "A:300x300t B:200x200t", ["A", "B"]],
    ["strips of half the size", "A:400 B:200", ["A", "B"]],
    ["a page that is flagged as one", "A:400t B:200tp", ["A", "B"]],
    ["a page with a number of its own", "A:400t#0/2 B:200t#1/2", ["A", "B"]],
    ["a page of half the size in a file that flags its levels", "A:400t a:200tr B:200t b:100tr", ["A a", "B b"]],
    ["a page of half the size with SubIFDs", "A:400t+a:200tr B:200t+b:100tr", ["A a", "B b"]],
    ["half the size, flagged as a page, all numbered as one", "A:400tp#0/1 B:200tp#0/1", ["A", "B"]],
    ["half the size, flagged as a page, numbered by nobody", "A:400tp#0/0 B:200tp#0/0", ["A", "B"]],
    ["numbers that all pages share", "A:400tp#1/3 B:400tp#1/3 C:200tp#1/3", ["A", "B", "C"]],
    ["half the size with one number, beside flagged levels", "A:400p#0/2 B:200p#0/2 a:200r b:100r", ["A a", "B b"]],
    ["half the size in a file that flags its levels in strips", "A:400t B:200t a:200r b:100r", ["A a", "B b"]],
    ["what stands between pages, behind a level", "a:100tr A:400t b:200tr B:400t", ["A ? a b", "B ? a b"]],
    ["SubIFDs flagged as pages, or in proportion but no whole fraction", "A:300t+a:150tp+b:200t+c:150t", ["A c"]],
  ])("takes nothing for a level in doubt: %s", (_, chain, images) => {
    expect(arrange(chain)).toEqual(images);
  });

  it.each<Case>([
    [
      "ImageMagick 6: all flagged as pages, with one number",
      "A:700x500tp#0/4 a:350x250tp#0/4 b:175x125tp#0/4 c:87x62tp#0/4",
      ["A a b c"],
    ],
    ["ImageMagick 6, in strips", "A:700x500p#0/3 a:350x250p#0/3 b:175x125p#0/3", ["A a b"]],
    ["ImageMagick 6, two pictures", "A:400tp#0/4 a:200tp#0/4 B:400tp#1/4 b:200tp#1/4", ["A a", "B b"]],
    ["old writers, without any flag", "A:400t a:200t b:100t c:50t", ["A a b c"]],
    ["old writers, several pages", "A:400t a:200t b:100t B:400t c:200t", ["A a b", "B c"]],
    ["halves rounded down, and quarters of slides", "A:46001x32915t a:11500x8228t b:2875x2057t", ["A a b"]],
    [
      "slides: strips behind the picture, label and macro last",
      "A:4000t T:512x500 a:1000t L:300x280r M:900x300r",
      ["A a L M"],
    ],
    ["slides of one level", "A:2220x2967t T:574x768 L:300x280r", ["A L"]],
    ["the smallest first, flagged", "b:100tr a:200tr A:400t", ["A b a"]],
    ["a level before each page", "a:200tr A:400x300t b:201x151tr B:402x301t", ["A a", "B b"]],
    ["OME: levels of each page in its SubIFDs", "A:400t+a:200tr+b:100tr B:400t+c:200tr", ["A a b", "B c"]],
    ["SubIFDs without a flag", "A:400t+a:200t+b:100t", ["A a b"]],
    ["masks, in the chain and in SubIFDs", "A:400t+m:200trm a:200trm b:200tr", ["A b"]],
    ["everything flagged as reduced", "A:400tr a:200tr", ["A a"]],
    ["everything flagged as a mask", "A:400tm a:200tm", ["A"]],
  ])("knows how writers arrange them: %s", (_, chain, images) => {
    expect(arrange(chain)).toEqual(images);
  });

  it.each<Case>([
    ["in strips", "T:24r+A:96", ["A"]],
    ["with previews of it", "T:24r+A:96+p:48r+q:50r", ["A p"]],
    ["of several pages", "T:24r+A:96 U:24r+B:96", ["A", "B"]],
    ["the largest of several", "T:24r+a:48+A:96", ["A a"]],
    ["with another thumbnail in the chain", "T:24r+A:96 U:48r", ["A ? U"]],
  ])("takes the picture in the SubIFD of a reduced directory, and not its thumbnail: %s", (_, chain, images) => {
    expect(arrange(chain)).toEqual(images);
  });

  it.each<Case>([
    ["SubIFDs that are smaller", "T:24r+a:12", ["T a"]],
    ["behind an image", "A:96 T:24r+x:96", ["A T"]],
    ["where the first is not flagged", "A:24+x:96", ["A"]],
  ])("keeps to the chain: %s", (_, chain, images) => {
    expect(arrange(chain)).toEqual(images);
  });

  it("leaves in doubt what would take too long to compare: thousands of pages, then thousands of levels", () => {
    const pages = Array.from({ length: 20_000 }, (_, index) => `P${index}:400t`);
    const levels = Array.from({ length: 20_000 }, (_, index) => `l${index}:200tr`);
    const images = arrange([...pages, ...levels].join(" "));
    expect(images).toHaveLength(20_000);
    expect(new Set(images.slice(0, -1).map((image) => image.split(" ").length))).toEqual(new Set([1]));
  });
});
