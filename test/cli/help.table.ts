/** What `tidemark help` prints. */
export const FRONT_PAGE = `
tidemark: event-time windows, dedup, joins and patterns over NDJSON

usage: tidemark [FLAG...] VERB [ARG] [FLAG...] [then VERB [ARG] [FLAG...]]... [FILE...]
       tidemark run PIPELINE.yaml          tidemark COMMAND ...

  # errors per service in 5-minute windows, rows up to 10 s out of order
  tail -F app.ndjson | tidemark -t ts -w 10s filter "level = 'ERROR'" then tumble 5m -b service
  # the ten busiest URLs of each minute
  tidemark -t ts tumble 1m -b url -a "count(*) AS hits" then top 10 --order-by hits access.ndjson
  # three failures, then a success, within 5 minutes, per address
  tidemark -t ts match -b ip --pattern 'FAIL{3,} OK' --define "FAIL: status = 'FAILED'" \\
    --define "OK: status = 'SUCCESS'" --within 5m auth.ndjson
  # from cron: windows still open wait in the state directory for the next run
  tidemark -t ts --state st --at-eof suspend -o hours.ndjson tumble 1h -b path api.ndjson

verbs    rows      filter EXPR  select LIST  unnest FIELD  split EXPR  tee FILE  sample SHARE  dedup
                   sort  top N
         windows   tumble SIZE  hop SIZE  cumulate SIZE  session GAP  count-window N  over LIST
                   aggregate
         inputs    join  enrich            patterns  match
commands run  validate  explain  kafka  state  stop  functions  completion  help

time     -t, --time FIELD            the field with the event time; windows, dedup --within need it
         -w, --watermark-delay D     how far out of order rows may come [0s]
             --idle-timeout D        go on by the wall clock when nothing came for D [off]
loss         --late drop|fail|FILE   rows too late for every window [drop, and say how many]
             --on-error fail|skip|FILE  rows that are not readable [fail]
input    -i, --input FILE            as FILE at the end [standard input]; --follow, --merge
output   -o, --output FILE           where rows go [standard output]; --append
state        --state DIR             checkpoints: go on where the last run stopped
             --at-eof flush|suspend  at the end, fire open windows or keep them [flush]
more         --arg NAME=TEXT  --tz ZONE  -v  -q  -V  (all: tidemark help flags, man tidemark)

tidemark help VERB · help expressions | time | late | patterns | yaml | flags | exit-codes
`

/** What `tidemark help tumble` prints. */
export const TUMBLE = `
tidemark tumble SIZE: windows of one size, back to back; one row per window and key

usage: tidemark -t FIELD [FLAG...] tumble SIZE [-b KEYS] [-a AGGREGATES] [--offset D] [FILE...]

  tidemark -t ts tumble 5m -b host app.ndjson
    {"window_start":"2024-05-01T10:00:00Z","window_end":"2024-05-01T10:05:00Z","host":"a","count":9}
  tidemark -t ts --tz Europe/Berlin tumble 1d -a "sum(amount) AS revenue, count(*)" orders.ndjson

  SIZE                       length: 5m, 1h30m, 1d (from midnight in --tz, 23 or 25 h long at DST)
  -b, --by LIST              keys: fields or expressions [none: one group]; NULL is a key
  -a, --agg LIST             aggregates, SQL: "count(*) AS n, max(ms) FILTER (WHERE ok)" [count(*)]
      --offset D             shift of the borders, may be negative [0s]
      --allowed-lateness D   keep fired windows for D and correct them [0s]; results then carry _op
      --emit final|changes|every:D   when results come [final: once, when the window has ended]
A window is [start, end); a row on the end belongs to the next. Windows without rows give no row.
see also: hop (overlapping), aggregate, help late. SQL: TUMBLE(TABLE t, DESCRIPTOR(ts), ...)
`
