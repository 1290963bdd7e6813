import { describe, expect, it } from "vitest";
import { parsePageLabels } from "../../../src/catalogue/page-labels.ts";

const labelsOf = (text: string): readonly string[] => {
  const read = parsePageLabels(text);
  return "labels" in read ? read.labels : [`fault: ${read.fault}`];
};

describe("labels of pages", () => {
  it.each([
    ["Cover", ["Cover"]],
    ["1-4", ["1", "2", "3", "4"]],
    ["[i]-iv", ["[i]", "ii", "iii", "iv"]],
    ["[1]-[3]", ["[1]", "[2]", "[3]"]],
    ["1-[3]", ["1", "2", "[3]"]],
    ["1r-3v", ["1r", "1v", "2r", "2v", "3r", "3v"]],
    ["1v-2r", ["1v", "2r"]],
    ["A1r-A2v", ["A1r", "A1v", "A2r", "A2v"]],
    ["ir-iiv", ["ir", "iv", "iir", "iiv"]],
    ["iii-vi", ["iii", "iv", "v", "vi"]],
    ["XCIX-CI", ["XCIX", "C", "CI"]],
    ["Plate 9-Plate 11", ["Plate 9", "Plate 10", "Plate 11"]],
    ["fol. 1r-fol. 1v", ["fol. 1r", "fol. 1v"]],
    ["098-101", ["098", "099", "100", "101"]],
    ["f. 09v-f. 10v", ["f. 09v", "f. 10r", "f. 10v"]],
    ["3*blank", ["blank", "blank", "blank"]],
    ["Index A\\-K", ["Index A-K"]],
    ["a\\|b|2\\*c", ["a|b", "2*c"]],
    [" Cover | 1 - 2 ", ["Cover", "1", "2"]],
  ])("are read from %s", (text, labels) => {
    expect(labelsOf(text)).toEqual(labels);
  });

  it("are read from runs as catalogues write them: 110 from four", () => {
    const labels = labelsOf("Cover|[i]-xii|1r-48v|Back cover");
    expect(labels).toHaveLength(1 + 12 + 96 + 1);
    expect([labels[1], labels[12], labels[13], labels[108], labels[109]]).toEqual([
      ...["[i]", "xii", "1r", "48v", "Back cover"],
    ]);
  });

  it.each([
    ["1r-8", /not numbers of one form/],
    ["a-f", /not numbers of one form/],
    ["1-Plate 3", /not numbers of one form/],
    ["9-3", /runs backwards/],
    ["2v-2r", /runs backwards/],
    ["1-2-3", /two hyphens/],
    ["Cover||1-3", /a label is empty/],
    ["", /a label is empty/],
    ["1-999999", /more than 20000 labels/],
    ["20000*x|1", /more than 20000 labels/],
    ["page-marker\\-1", /not numbers of one form/],
    ["iiii-vi", /not numbers of one form/],
  ])("are refused: %s", (text, fault) => {
    const read = parsePageLabels(text);
    expect("fault" in read && read.fault).toMatch(fault);
  });
});
