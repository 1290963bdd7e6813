/** Exit statuses. 128 and the number of SIGINT is what shells expect of a command that was stopped. */
export const exitStatus = { well: 0, failed: 1, wrong: 2, stopped: 130 } as const;
