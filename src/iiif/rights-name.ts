/**
 * Returns a licence under its usual name; any other statement as its address, without the scheme. The pages run this very
 * function: nothing in it is from outside of it. Source: the URIs of Creative Commons and RightsStatements.org.
 */
export function nameRights(uri: string): string {
  const names = [
    ["creativecommons.org/publicdomain/zero", "CC0, no rights reserved"],
    ["creativecommons.org/publicdomain/mark", "Public domain"],
    ["rightsstatements.org/vocab/InC", "In copyright"],
    ["rightsstatements.org/vocab/NoC-", "No copyright"],
  ] as const;
  const [, licence, version] = /creativecommons\.org\/licenses\/([a-z-]+)\/([\d.]+)/.exec(uri) ?? [];
  if (licence !== undefined) return `CC ${licence.toUpperCase()} ${version}`;
  return names.find(([part]) => uri.includes(part))?.[1] ?? uri.replace(/^https?:\/\//, "");
}
