import type { LanguageMap } from "../../src/catalogue/language-map.ts";
import type { Page } from "../../src/catalogue/work.ts";

/** Returns texts in English. */
export function en(...texts: readonly string[]): LanguageMap {
  return { en: texts };
}

/** Returns a page that an image of its own size, under its own name, is on. */
export function page(key: string, [width, height]: readonly [number, number], change: Partial<Page> = {}): Page {
  return { key, width, height, images: [{ identifier: key, width, height, sizes: [] }], ...change };
}

type Row = readonly [key: string, width: number, height: number, label: string];

function pages(rows: readonly Row[]): readonly Page[] {
  return rows.map(([key, width, height, label]) => page(key, [width, height], { label: en(label) }));
}

/** The pages of the cookbook's books, each under the name of its image. */
export const recipePages = {
  /** 0009, 0202 */
  gallica: pages([
    ["gallica_ark_12148_bpt6k1526005v_f18", 3204, 4613, "Blank page"],
    ["gallica_ark_12148_bpt6k1526005v_f19", 3186, 4612, "Frontispiece"],
    ["gallica_ark_12148_bpt6k1526005v_f20", 3204, 4613, "Title page"],
    ["gallica_ark_12148_bpt6k1526005v_f21", 3174, 4578, "Blank page"],
    ["gallica_ark_12148_bpt6k1526005v_f22", 3198, 4632, "Bookplate"],
  ]),
  /** 0010, 0046, 0053 */
  playbill: pages([
    ["ucla_bib1987273_no001_rs_001", 3497, 4823, "front cover"],
    ["ucla_bib1987273_no001_rs_002", 6062, 4804, "pages 1–2"],
    ["ucla_bib1987273_no001_rs_003", 6127, 4776, "pages 3–4"],
    ["ucla_bib1987273_no001_rs_004", 6124, 4751, "pages 5–6"],
    ["ucla_bib1987273_no001_rs_005", 3510, 4808, "back cover"],
  ]),
  /** 0010 */
  diary: pages([
    ["uclamss_1841_diary_07_02", 2251, 3152, "image 1"],
    ["uclamss_1841_diary_07_03", 2268, 3135, "image 2"],
    ["uclamss_1841_diary_07_04", 2274, 3135, "image 3"],
    ["uclamss_1841_diary_07_05", 2268, 3135, "image 4"],
  ]),
  /** 0011 */
  scroll: pages([
    ["21198-zz001hbmd9_1300412_master", 11368, 1592, "Section 1 [Recto]"],
    ["21198-zz001hbmft_1300418_master", 11608, 1536, "Section 2 [Recto]"],
    ["21198-zz001hbmgb_1300426_master", 10576, 1504, "Section 3 [Recto]"],
    ["21198-zz001hbmhv_1300436_master", 2488, 1464, "Section 4 [Recto]"],
  ]),
  /** 0011 */
  openings: pages([
    ["0-21198-zz00022840-1-master", 3375, 2250, "inside cover; 1r"],
    ["1-21198-zz00022882-1-master", 3375, 2250, "2v, 3r"],
    ["2-21198-zz000228b3-1-master", 3375, 2250, "3v, 4r"],
    ["3-21198-zz000228d4-1-master", 3375, 2250, "4v, 5r"],
  ]),
  /** 0024, 0283 */
  ethiopic: pages([
    ["1-21198-zz001d8m41_774608_master", 1768, 2504, "f. 1r"],
    ["2-21198-zz001d8m5j_774612_master", 1792, 2512, "f. 1v"],
    ["3-21198-zz001d8tm5_775004_master", 1792, 2456, "f. 2r"],
    ["4-21198-zz001d8tnp_775007_master", 1760, 2440, "f. 2v"],
    ["5-21198-zz001d8v6f_775077_master", 1776, 2416, "f. 3r"],
    ["6-21198-zz001d8v7z_775085_master", 1776, 2416, "f. 3v"],
  ]),
  /** 0030 */
  volume1: pages([
    ["uclaeal_wahon_A06_bib1974505_vol01_001", 4301, 5730, "Front cover"],
    ["uclaeal_wahon_A06_bib1974505_vol01_002", 7451, 5702, "Page spread 1"],
    ["uclaeal_wahon_A06_bib1974505_vol01_003", 7451, 5702, "Page spread 2"],
    ["uclaeal_wahon_A06_bib1974505_vol01_007", 7451, 5702, "Page spread 3"],
    ["uclaeal_wahon_A06_bib1974505_vol01_008", 7451, 5702, "Page spread 4"],
  ]),
  /** 0030 */
  volume2: pages([
    ["uclaeal_wahon_A06_bib1974505_vol02_001", 4114, 5745, "Front cover"],
    ["uclaeal_wahon_A06_bib1974505_vol02_002", 7253, 5745, "Page spread 1"],
    ["uclaeal_wahon_A06_bib1974505_vol02_003", 7253, 5745, "Page spread 2"],
    ["uclaeal_wahon_A06_bib1974505_vol02_004", 7253, 5745, "Page spread 3"],
    ["uclaeal_wahon_A06_bib1974505_vol02_005", 7253, 5745, "Page spread 4"],
  ]),
  /** 0035 */
  foldOut: pages([
    ["1_frontcover", 2533, 4429, "Front cover"],
    ["2_insidefrontcover", 2490, 4315, "Inside front cover"],
    ["3_foldout-folded", 2197, 4278, "Foldout, folded"],
    ["4_foldout", 3688, 1968, "Foldout, unfolded"],
    ["3_foldout-rotated", 2197, 4278, "Foldout, folded (recto)"],
    ["5_titlepage", 2490, 4315, "Title page"],
    ["6_titlepage-recto", 2490, 4315, "Back of title page"],
    ["8_insidebackcover", 2490, 4315, "Inside back cover"],
    ["9_backcover", 2490, 4315, "Back cover"],
  ]).map((each) => (each.key === "4_foldout" ? { ...each, behaviors: ["non-paged"] as const } : each)),
};
