/** What `tidemark help yaml` prints. */
export const YAML = `tidemark: pipeline files

  tidemark: 1                            # format of the file
  sources:
    web:   { file: web.ndjson, time: ts, watermark-delay: 5s, on-error: bad.ndjson }
    users: { file: users.ndjson, time: changed_at }
  steps:                                 # from is the step above, or the only source
    - name: windows
      from: web
      tumble: { size: 5m, by: [service, status], agg: count(*) AS n }
    - { name: many, filter: n > 10 }
  sinks:                                 # without sinks the last step goes to standard output
    alerts: { from: many, file: "-" }
    late:   { from: windows.late, file: late.ndjson }

Steps      name, from, and one verb: its value is a mapping of the flags without --, or the verb's
           argument alone (tumble: 5m, filter: a > 1). Lists are SQL lists or lists: by: [a, b].
           from: [a, b] takes the rows of both. with: of a join names a source or step.
Streams    STEP.late: rows too late for the step. STEP.unmatched: left rows of a join (within,
           between, window) that met none, when their time has passed; rows of an enrich whose key
           the table has not. SOURCE.bad: lines that it could not read, as rows of _error and _raw.
           Steps and sinks take them like any other.
Sources    time, time-format, watermark-delay, idle-timeout, format, changelog, ordered, follow, ...
Sinks      file (also with {day}, {user.id}), format, changelog, append, roll, time-output
At the top tz, late, on-error, max-errors, strict-fields, allowed-lateness, emit, state-ttl, ...
Variables  \${NAME}, \${NAME:-x}, \${file:PATH}, \${credential:NAME} (systemd) in connectors, paths and
           args only; $\${ is a \${ that is meant. args: {svc: "\${SVC}"} is :svc in expressions.
Quotes     quote an expression with ': ' or ' #' in it, or that begins with * & ! @ or a quote.
Runs       --state, --until, --at-eof, --require belong to the run: tidemark run FILE --state st.
           --input web=a.ndjson --output alerts=- puts fixtures in the place of connectors, whose
           variables then need not be set. A Kafka sink without brokers: those of the sources.

CHAIN --show-yaml writes any chain as such a file; tidemark validate FILE checks one. See: help run`
