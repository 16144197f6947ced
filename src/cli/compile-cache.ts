import module from 'node:module'

/** Newer Nodes keep compiled code between runs; Node 20 has no such thing. */
export function enableCompileCache(): void {
  ;(module as { enableCompileCache?: () => void }).enableCompileCache?.()
}
