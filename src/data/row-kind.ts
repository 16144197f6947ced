/** Flink's RowKind as a byte of a batch. A batch without kinds holds inserts only. */
export const RowKind = { Insert: 0, UpdateBefore: 1, UpdateAfter: 2, Delete: 3 } as const
export type RowKind = (typeof RowKind)[keyof typeof RowKind]

/** As Flink prints them. */
export const ROW_KIND_NAMES = ['+I', '-U', '+U', '-D'] as const

/** Does a row of this kind take something back? `-U` and `-D` do. */
export const isRetraction = (kind: number) => (kind & 1) === 1
