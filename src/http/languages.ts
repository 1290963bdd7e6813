/** Languages that are looked at: who wants more of them has been answered by then. */
const mostLanguages = 10;

/** Returns the languages that a request wants, the best first, as tags of BCP 47. Source: RFC 9110 §12.5.4. */
export function languagesOf({ headers }: Request): readonly string[] {
  return (headers.get("Accept-Language") ?? "")
    .slice(0, 1000)
    .split(",")
    .flatMap((part) => {
      const [, language, weight = "1"] =
        /^\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=([\d.]{1,5}))?\s*$/.exec(part) ?? [];
      const liking = Number(weight);
      return language === undefined || !(liking > 0) ? [] : [{ language, liking }];
    })
    .toSorted((one, other) => other.liking - one.liking)
    .slice(0, mostLanguages)
    .map(({ language }) => language);
}
