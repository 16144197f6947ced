declare const brand: unique symbol

/** A number or string that may not be mixed with others of its base type. Costs nothing at run time. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
