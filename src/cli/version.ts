declare const TIDEMARK_VERSION: string

/** From package.json, put in by the build; `0.0.0` where the sources run unbuilt. */
export const version = (): string => (typeof TIDEMARK_VERSION === 'string' ? TIDEMARK_VERSION : '0.0.0')
