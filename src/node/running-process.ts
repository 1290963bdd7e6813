/** Tells whether a process of this machine runs. */
export function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM: the process belongs to another user, so it is running.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
