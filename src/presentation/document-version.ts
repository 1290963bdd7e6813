/**
 * Counts the ways in which documents have been written from records. It is part of their entity tags, so it is raised
 * whenever the same record gives another document: a client that has the earlier one would be told that nothing changed.
 * A test notices.
 */
export const documentVersion = 1;
