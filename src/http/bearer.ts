/** Returns the token that a request shows as its bearer; undefined without one. Source: RFC 6750 §2.1. */
export function bearerToken({ headers }: Request): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.get("Authorization") ?? "")?.[1];
}
