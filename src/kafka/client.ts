// What the build makes a file of its own of, loaded by import() only: kafkajs, and the codecs.
export { COMPRESSIONS, canPack, pack, unpack } from './codecs.ts'
export { RawBroker } from './kafkajs.ts'
