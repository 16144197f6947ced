import { ERROR_CODES, EXIT_STATUS, WARNING_CODES } from '../base/error-codes.ts'
import { JOB_FLAGS } from '../frontend/flags/job-flags.ts'
import { STEP_DEFAULTS } from '../frontend/flags/step-flags.ts'
import { describeFlag, flagForm, flagLine, wrap } from './flag-table.ts'
import { PATTERNS } from './patterns-topic.ts'
import { YAML } from './yaml-topic.ts'

/** A page of `tidemark help TOPIC`. */
export interface Topic {
  readonly name: string
  readonly text: () => string
}

const EXPRESSIONS = `tidemark: expressions are SQL, the same in every flag

  filter "level = 'ERROR' AND ms BETWEEN 100 AND 500"      a condition
  select "id, price * n AS total, upper(geo.country)"      columns
  tumble 1m -b "coalesce(user, 'nobody') AS user" -a "sum(ms) FILTER (WHERE ok) AS ms"

Fields     level, @timestamp, user_id as they are; geo.country, tags[1] (the first element) and
           a['x'] are paths. Other names: "http.route" in double quotes, \`http.route\`, or
           .['duration-ms']. In --by and --time a bare user-id or meta.ts is a field path.
Strings    'single quotes', '' for one inside. Double quotes are names, never strings.
NULL       a missing member is NULL. NULL = 1 is NULL, and filter takes only true. IS NULL,
           IS NOT NULL, IS DISTINCT FROM and coalesce(a, b) deal with it.
Types      a field is what the row holds. 1 = '1' is false; 1 < '1' and a sum of strings are row
           errors. CAST(a AS DOUBLE) is strict, TRY_CAST gives NULL. 1 = 1.0; big integers keep
           all their digits. CAST(a AS DECIMAL(10, 2)) is exact, as are sums of it.
Operators  = <> < <= > >=  + - * / %  ||  AND OR NOT  IN  BETWEEN  LIKE  IS
           CASE WHEN ... THEN ... ELSE ... END
Times      TIMESTAMP '2024-05-01 10:00:00', INTERVAL '5' MINUTE; event_time() is the row's time.
Values     --arg NAME=TEXT and --argjson NAME=JSON bind :NAME; never paste $VAR into SQL.
Files      -f FILE reads the argument of filter or select from a file.
Shell      double quotes around expressions with SQL strings, else single quotes. In double
           quotes the shell still reads $, \` and !.

tidemark functions lists functions and aggregates. see also: help filter, help select, help time`

const TIME = `tidemark: event time and watermarks

The time of a row is what its --time field says, never when it was read. It is not guessed: name it.

  tidemark -t ts -w 10s tumble 1m app.ndjson            rows may come up to 10 s out of order
  tidemark -t meta.at --time-format ms tumble 1m ...    a path; milliseconds since 1970
  tail -F app.ndjson | tidemark -t ts --idle-timeout 30s tumble 1m

Watermark     greatest time seen, minus --watermark-delay, minus 1 ms. It says: nothing at or
              before this will come. A window [start, end) fires when the watermark reaches its
              last millisecond. It moves after each row, also after rows that filter leaves out,
              and never goes back.
End of input  fires all windows that are open. SIGINT and SIGTERM discard them, and say so.
Quiet pipes   the last windows wait for later rows. --idle-timeout D lets the wall clock move the
              watermark on after D without rows; the same input may then give other results.
Many files    are one input, read in order. --merge makes each its own: the next row comes from
              the one that is furthest behind, and the watermark is the least of them. Rows of
              live inputs are taken as they come; with --max-drift D an input that is more than
              D ahead of the slowest waits.
Formats       --time-format auto reads ISO 8601, SQL timestamps, and numbers by their size (s, ms,
              us, ns). Text without an offset is UTC. Rows without a readable time are bad.
Zones         --tz says where days begin (tumble 1d) and how times are printed.
No time       --arrival-time takes the moment a row is read.

see also: help late, help tumble`

const LATE = `tidemark: late rows

A window fires when the watermark passes its end. A row that comes after that for each of its
windows is late. A larger --watermark-delay makes fewer rows late, and all results later.

  tidemark -t ts -w 10s tumble 1m app.ndjson                       wait 10 s for stragglers
  tidemark -t ts --late late.ndjson tumble 1m app.ndjson           keep late rows in a file
  tidemark -t ts tumble 1m --allowed-lateness 1h app.ndjson        correct results for an hour

--late drop    leave them out. If that is not written on the command line, one line at the end
               says how many were lost, and which delay would have kept them.
--late fail    end with status 4 at the first.
--late FILE    write them there, with _late_by (ms), _step, _window_start, _window_end, _watermark.
--allowed-lateness D
               keep fired windows for D more. A row for one of them corrects the result: rows then
               carry _op, and a correction is -U (the old result) and +U (the new one). Steps that
               take only new rows are refused behind such a window.

filter, select and enrich know no late rows. For dedup a row is late when its key may have been
forgotten.
see also: help time, help tumble`

function exitCodes(): string {
  const statuses = Object.values(EXIT_STATUS).map(([status, meaning]) => `  ${String(status).padStart(3)}  ${meaning}`)
  const codes = Object.entries(ERROR_CODES).flatMap(([code, [exit, meaning]]) =>
    codeLines(code, String(EXIT_STATUS[exit][0]), meaning),
  )
  const warnings = Object.entries(WARNING_CODES).flatMap(([code, meaning]) => codeLines(code, '', meaning))
  return [
    'tidemark: exit statuses, and the codes in square brackets behind each message',
    '',
    ...statuses,
    '',
    'errors, with the status they end with',
    ...codes,
    '',
    'warnings; the run goes on',
    ...warnings,
    '',
    'unit files can say: RestartPreventExitStatus=2 5 6 7 70',
  ].join('\n')
}

function codeLines(code: string, status: string, meaning: string): string[] {
  const [first, ...rest] = wrap(meaning, ' '.repeat(27))
  return [`  ${code.padEnd(20)}${status.padStart(3)}  ${first!.trimStart()}`, ...rest]
}

/** All job flags and step defaults, by section. */
function allFlags(): string {
  const sections = ['time', 'loss', 'input', 'output', 'state', 'kafka', 'values', 'messages'] as const
  const blocks = sections.flatMap((section) => [
    `${section}`,
    ...JOB_FLAGS.filter((flag) => flag.section === section).map((flag) => `  ${flagLine(flag, { width: 24, gap: 2 })}`),
  ])
  const defaults = STEP_DEFAULTS.map((flag) => `      ${flagForm(flag).padEnd(24)}${describeFlag(flag)}`)
  return [
    'tidemark: flags of the whole line; they stand anywhere in it, once',
    '',
    ...blocks,
    'steps: before the first verb for all of them, behind a verb for that one',
    ...defaults,
    '',
    'Durations: 250ms 5s 5m 1h30m 1.5h 7d 2w. Sizes: 64KiB 16MiB. List flags may be repeated.',
    'see also: help VERB for the flags of a verb',
  ].join('\n')
}

export const TOPICS: readonly Topic[] = [
  { name: 'expressions', text: () => EXPRESSIONS },
  { name: 'time', text: () => TIME },
  { name: 'late', text: () => LATE },
  { name: 'patterns', text: () => PATTERNS },
  { name: 'yaml', text: () => YAML },
  { name: 'flags', text: allFlags },
  { name: 'exit-codes', text: exitCodes },
]
