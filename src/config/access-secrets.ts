/** A secret that what lets somebody in is signed with. */
export interface AccessSecret {
  /** Stands in what was signed, so that it is known which secret was used. */
  readonly id: string;
  readonly secret: string;
}

/** Set with `wrangler secret put`, never in a file that is kept. */
export const accessSecretName = "ACCESS_SECRET";

/** How many secrets there may be at once: the one that signs, and those whose signatures are still about. */
const mostSecrets = 4;

const secretPattern = /^([a-z0-9]{1,16}):([A-Za-z0-9._~+/=-]{32,512})$/;

/**
 * Reads the secrets that signed URLs, cookies and tokens are made with: `ID:SECRET`, several with commas between. The first
 * signs, all are accepted: a new one is put in front, and the old one is taken away when what it signed has lapsed. Returns
 * none where none are set, and adds what is wrong to `faults`, without the secrets.
 */
export function readAccessSecrets(value: unknown, faults: string[]): readonly AccessSecret[] {
  if (value === undefined || value === "") return [];
  const parts = typeof value === "string" ? value.split(",").map((part) => part.trim()) : [""];
  const secrets = parts.flatMap((part) => {
    const [, id, secret] = secretPattern.exec(part) ?? [];
    return id === undefined || secret === undefined ? [] : [{ id, secret }];
  });
  if (secrets.length < parts.length)
    faults.push(
      `${accessSecretName} is not ID:SECRET, or some of them with commas between: an ID of up to 16 lower case
letters and digits, a SECRET of 32 to 512 letters, digits and . _ ~ + / = -`.replace("\n", " "),
    );
  if (secrets.length > mostSecrets) faults.push(`${accessSecretName} has more than ${mostSecrets} secrets`);
  if (new Set(secrets.map(({ id }) => id)).size < secrets.length)
    faults.push(`${accessSecretName} has the same ID twice`);
  return secrets;
}
