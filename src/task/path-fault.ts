/** Something that is wrong: `path` leads to it from the task, as `["items", 3, "key"]`. `message` has no full stop. */
export interface PathFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}
