import { describe, expect, it } from "vitest";
import { parseRightsUri } from "../../../src/iiif/rights-uri.ts";

describe("parseRightsUri", () => {
  it.each([
    ["http://creativecommons.org/licenses/by/4.0/", "http://creativecommons.org/licenses/by/4.0/"],
    ["https://creativecommons.org/licenses/by-nc-sa/4.0", "http://creativecommons.org/licenses/by-nc-sa/4.0/"],
    ["https://www.creativecommons.org/licenses/BY-SA/3.0/de/", "http://creativecommons.org/licenses/by-sa/3.0/de/"],
    ["http://creativecommons.org/licenses/by/2.5/scotland/", "http://creativecommons.org/licenses/by/2.5/scotland/"],
    ["https://creativecommons.org/licenses/by/4.0/deed.de", "http://creativecommons.org/licenses/by/4.0/"],
    ["https://creativecommons.org/licenses/by/4.0/deed", "http://creativecommons.org/licenses/by/4.0/"],
    ["https://creativecommons.org/licenses/by/4.0/legalcode.txt", "http://creativecommons.org/licenses/by/4.0/"],
    ["https://creativecommons.org/licenses/by/4.0/?ref=x#y", "http://creativecommons.org/licenses/by/4.0/"],
    [" https://creativecommons.org/publicdomain/zero/1.0/ ", "http://creativecommons.org/publicdomain/zero/1.0/"],
    ["https://creativecommons.org/publicdomain/mark/1.0/", "http://creativecommons.org/publicdomain/mark/1.0/"],
    ["http://rightsstatements.org/vocab/InC/1.0/", "http://rightsstatements.org/vocab/InC/1.0/"],
    ["https://rightsstatements.org/vocab/inc-edu/1.0", "http://rightsstatements.org/vocab/InC-EDU/1.0/"],
    ["https://rightsstatements.org/page/NoC-US/1.0/?language=en", "http://rightsstatements.org/vocab/NoC-US/1.0/"],
  ])("reads %s", (text, uri) => {
    expect(parseRightsUri(text)).toBe(uri);
  });

  it.each([
    "CC BY 4.0",
    "see https://creativecommons.org/licenses/by/4.0/",
    "https://creativecommons.org.example/licenses/by/4.0/",
    "https://example.org/?u=http://creativecommons.org/licenses/by/4.0/",
    "https://creativecommons.org/licenses/by/4.0.evil/",
    "https://creativecommons.org/licenses/",
    "https://creativecommons.org/about/",
    "ftp://creativecommons.org/licenses/by/4.0/",
    "http://rightsstatements.org/vocab/InC/2.0/",
    "http://rightsstatements.org/vocab/Mine/1.0/",
    "",
  ])("takes %j for no statement", (text) => {
    expect(parseRightsUri(text)).toBeUndefined();
  });
});
