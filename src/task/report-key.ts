/** Returns the key, in CATALOGUE, of the report of a task. */
export function reportKey(task: string): string {
  return `tasks/${task}/report.json`;
}
