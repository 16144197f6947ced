import { suggest } from '../base/suggest.ts'
import type { Cluster } from './cluster.ts'

/** There is no topic of that name. */
export class MissingTopic extends Error {
  readonly topic: string
  /** One that is there, and is called nearly so. */
  readonly near: string | undefined

  constructor(topic: string, near: string | undefined) {
    super(`no topic ${topic}`)
    this.topic = topic
    this.near = near
  }
}

/** The topic of the cluster whose name is nearest; the cluster's own topics are not meant. */
export async function nearestTopic(cluster: Cluster, name: string): Promise<string | undefined> {
  const { topics } = await cluster.metadata(null)
  return suggest(
    name,
    topics.map((topic) => topic.name).filter((known) => !known.startsWith('__')),
  )
}
