/** The versions of the Image API that are served; 3 is Image API 3.0, 2 is 2.1. */
export type ApiVersion = 2 | 3;

/** The version that a request without one is redirected to. */
export const newestVersion: ApiVersion = 3;
