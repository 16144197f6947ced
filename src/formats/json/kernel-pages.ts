/**
 * Pages of 64 KB, all that a kernel may ever take. It has them from the start, since memory that is not touched costs nothing: memory that
 * grows would take views of it away, and memory that is shared, which does not, is copied from and to ten times as slowly by JavaScript.
 */
export const KERNEL_PAGES = 16384
