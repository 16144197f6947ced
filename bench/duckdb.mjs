// The same query in DuckDB, on one thread: `node bench/duckdb.mjs SQL` (see `duckdbQuery`).
import { DuckDBInstance } from '@duckdb/node-api'

const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
const connection = await instance.connect()
await connection.run(process.argv[2])
connection.closeSync()
instance.closeSync()
