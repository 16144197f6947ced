# fish completion for tidemark; made by: tidemark completion fish

# Reads the words before the cursor as tidemark does: values of flags, flags, the verb, its argument, then, files. Prints the place, and what is
# due there: "start verb", "tumble argument", "tumble files", "explain verb", "then verb", "help words".
function __tidemark_state
    set -l words (commandline -opc)
    set -l place start
    set -l due verb
    set -l value 0
    set -l ended 0
    for word in $words[2..-1]
        if test $value = 1
            set value 0
        else if test $ended = 0; and test "$word" = --
            set ended 1
        else if test $ended = 0; and string match -qr -- '^-.' $word
            if contains -- $word --time -t --time-format --watermark-delay -w --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --input -i --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --tombstones --output -o --roll --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --at-eof --until --drain-timeout --require --restore --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --color --by -b --agg -a --order-by --rank --offset --slide --every --step --within --as --pattern --define --measures --skip --timeout --max-partials --explain-partials --between --window --with --with-time --with-watermark-delay --on --kind --table --table-format --keep --rows --range --to --where --key --ordinality --file -f --name --allowed-lateness --emit --state-ttl --epoch --wait
                set value 1
            end
            if string match -qr -- '^(-f|--file)' $word; and test $due = argument
                set due files
            end
        else if test $due = verb
            set place $word
            switch $word
                case filter select unnest split tee sample top tumble hop cumulate session count-window over
                    set due argument
                case explain
                    set due verb
                case run validate kafka state stop functions completion help
                    set due words
                case '*'
                    set due files
            end
        else if test "$place $word" = 'state plan'
            set place explain
            set due verb
        else if test $due = argument
            set due files
        else if test $ended = 0; and test "$word" = then
            set place then
            set due verb
        end
    end
    if test $ended = 1; and test $due = files
        set due last-files
    end
    printf '%s\n' $place $due
end

function __tidemark_place
    set -l state (__tidemark_state)
    contains -- $state[1] $argv
end

function __tidemark_due
    set -l state (__tidemark_state)
    contains -- $state[2] $argv
end

complete -c tidemark -f
complete -c tidemark -n '__tidemark_due files last-files' -F
complete -c tidemark -n '__tidemark_due files' -a then -d 'one more verb'
complete -c tidemark -n '__tidemark_due verb' -a filter -d 'the rows for which a condition is true'
complete -c tidemark -n '__tidemark_due verb' -a select -d 'other columns: projection and computed values'
complete -c tidemark -n '__tidemark_due verb' -a unnest -d 'one row for each element of an array, or member of an object'
complete -c tidemark -n '__tidemark_due verb' -a split -d 'rows for which EXPR is true go to a file, the others go on'
complete -c tidemark -n '__tidemark_due verb' -a tee -d 'all rows go on, and to a file as well'
complete -c tidemark -n '__tidemark_due verb' -a sample -d 'a share of the rows, the same ones in every run'
complete -c tidemark -n '__tidemark_due verb' -a dedup -d 'one row of each key, repeats left out'
complete -c tidemark -n '__tidemark_due verb' -a sort -d 'rows in order of event time, as far as the watermark allows'
complete -c tidemark -n '__tidemark_due verb' -a top -d 'the first N rows by an order, of each window if the rows have one'
complete -c tidemark -n '__tidemark_due verb' -a tumble -d 'windows of one size, back to back; one row per window and key'
complete -c tidemark -n '__tidemark_due verb' -a hop -d 'windows of one size that overlap; one row per window and key'
complete -c tidemark -n '__tidemark_due verb' -a cumulate -d 'windows that grow step by step up to a size; one row per window and key'
complete -c tidemark -n '__tidemark_due verb' -a session -d 'windows that last as long as rows keep coming; one row per session and key'
complete -c tidemark -n '__tidemark_due verb' -a count-window -d 'windows of N rows of a key, as they come; one row per window'
complete -c tidemark -n '__tidemark_due verb' -a over -d 'every row as it is, and beside it what the rows before it come to'
complete -c tidemark -n '__tidemark_due verb' -a aggregate -d 'one row per key over all rows, without a window'
complete -c tidemark -n '__tidemark_due verb' -a join -d 'rows of two inputs with equal keys, put together'
complete -c tidemark -n '__tidemark_due verb' -a enrich -d 'rows with the row of a table that has their key'
complete -c tidemark -n '__tidemark_due verb' -a match -d 'rows that follow each other in a pattern, per key'
complete -c tidemark -n '__tidemark_place start' -a run -d 'a pipeline file: several sources, steps and sinks'
complete -c tidemark -n '__tidemark_place start' -a validate -d 'check a pipeline file, without reading or writing rows'
complete -c tidemark -n '__tidemark_place start' -a explain -d 'what a chain of verbs would do: plan, changelog of every edge, guarantees'
complete -c tidemark -n '__tidemark_place start' -a kafka -d 'how far a job is behind the ends of its topics'
complete -c tidemark -n '__tidemark_place start' -a state -d 'what a state directory holds; savepoints'
complete -c tidemark -n '__tidemark_place start' -a stop -d 'ask the process that uses a state directory to stop, and wait until it is gone'
complete -c tidemark -n '__tidemark_place start' -a functions -d 'the functions and aggregates that expressions know'
complete -c tidemark -n '__tidemark_place start' -a completion -d 'the completion script of a shell'
complete -c tidemark -n '__tidemark_place start' -a help -d 'help for a verb, a command or a topic'
complete -c tidemark -n '__tidemark_place kafka' -a 'lag'
complete -c tidemark -n '__tidemark_place state' -a 'ls show verify reset dump restore plan'
complete -c tidemark -n '__tidemark_place completion' -a 'bash zsh fish'
complete -c tidemark -n '__tidemark_place help' -a 'filter select unnest split tee sample dedup sort top tumble hop cumulate session count-window over aggregate join enrich match run validate explain kafka state stop functions completion help expressions time late patterns yaml flags exit-codes'
complete -c tidemark -n '__tidemark_place state' -a '(__fish_complete_directories)'
complete -c tidemark -n '__tidemark_due verb argument files' -s t -l time -x -d 'the field with the event time; windows, dedup --within need it'
complete -c tidemark -n '__tidemark_due verb argument files' -l time-format -x -a 'auto iso s ms us ns' -d 'how the time is written: auto, iso, s, ms, us, ns'
complete -c tidemark -n '__tidemark_due verb argument files' -l arrival-time -d 'the moment a row is read is its time; not the same twice'
complete -c tidemark -n '__tidemark_due verb argument files' -s w -l watermark-delay -x -d 'how far out of order rows may come'
complete -c tidemark -n '__tidemark_due verb argument files' -l idle-timeout -x -a 'off' -d 'go on by the wall clock when nothing came for D'
complete -c tidemark -n '__tidemark_due verb argument files' -l max-drift -x -a 'off' -d 'how far a live input may be ahead of the others before it waits'
complete -c tidemark -n '__tidemark_due verb argument files' -l max-future -x -a 'off' -d 'rows further ahead of the wall clock than D are bad rows'
complete -c tidemark -n '__tidemark_due verb argument files' -l tz -x -d 'time zone of days and of printed times'
complete -c tidemark -n '__tidemark_due verb argument files' -l late -r -F -a 'drop fail' -d 'rows too late for every window'
complete -c tidemark -n '__tidemark_due verb argument files' -l on-error -r -F -a 'fail skip' -d 'rows that are not readable'
complete -c tidemark -n '__tidemark_due verb argument files' -l max-errors -x -d 'under skip or FILE: more bad rows than this end the run'
complete -c tidemark -n '__tidemark_due verb argument files' -l strict-fields -d 'a field that no row had is an error, not a warning'
complete -c tidemark -n '__tidemark_due verb argument files' -l fail-on-empty -d 'end with status 9 if no row came out'
complete -c tidemark -n '__tidemark_due verb argument files' -s i -l input -r -F -d 'as FILE at the end'
complete -c tidemark -n '__tidemark_due verb argument files' -l follow -d 'read on as the FILEs grow, over rotations, as tail -F'
complete -c tidemark -n '__tidemark_due verb argument files' -l merge -d 'each FILE is its own input; merged by event time'
complete -c tidemark -n '__tidemark_due verb argument files' -l ordered -d 'sort rows by time first, so that their order does not matter'
complete -c tidemark -n '__tidemark_due verb argument files' -l input-format -x -a 'ndjson csv tsv' -d 'ndjson, csv or tsv'
complete -c tidemark -n '__tidemark_due verb argument files' -l csv-header -x -d 'names of the columns; the files begin with rows'
complete -c tidemark -n '__tidemark_due verb argument files' -l input-changelog -x -a 'op debezium upsert' -d 'rows may take others back: op, debezium or upsert'
complete -c tidemark -n '__tidemark_due verb argument files' -l input-key -x -d 'by what rows of --input-changelog upsert replace each other'
complete -c tidemark -n '__tidemark_due verb argument files' -l line-limit -x -d 'longer lines are bad rows'
complete -c tidemark -n '__tidemark_due verb argument files' -l scanner -x -a 'kernel reference' -d 'what reads the JSON; the outcome is the same'
complete -c tidemark -n '__tidemark_due verb argument files' -l kafka -x -d 'read topics of the Kafka cluster with these brokers'
complete -c tidemark -n '__tidemark_due verb argument files' -l topic -x -d 'the topic to read; several with commas, or repeated'
complete -c tidemark -n '__tidemark_due verb argument files' -l from -x -d 'where a job without a checkpoint begins'
complete -c tidemark -n '__tidemark_due verb argument files' -l group -x -d 'tell monitors of lag by the offsets of this consumer group'
complete -c tidemark -n '__tidemark_due verb argument files' -l shard -x -d 'read the Ith share of the partitions of N'
complete -c tidemark -n '__tidemark_due verb argument files' -l isolation -x -a 'committed uncommitted' -d 'committed or uncommitted'
complete -c tidemark -n '__tidemark_due verb argument files' -l lost-offset -x -a 'fail earliest latest' -d 'where to go on when the rows to go on at are gone'
complete -c tidemark -n '__tidemark_due verb argument files' -l missing-topic -x -a 'fail wait' -d 'what to do where a topic does not exist'
complete -c tidemark -n '__tidemark_due verb argument files' -l kafka-metadata -d 'add _kafka to every row, even where no step names it'
complete -c tidemark -n '__tidemark_due verb argument files' -l tombstones -x -a 'skip row' -d 'records without a value'
complete -c tidemark -n '__tidemark_due verb argument files' -s o -l output -r -F -d 'where rows go'
complete -c tidemark -n '__tidemark_due verb argument files' -l roll -x -d 'write -o in parts of so many bytes or so much event time'
complete -c tidemark -n '__tidemark_due verb argument files' -l append -d 'keep what the files of -o, --late and --on-error hold, and add to it'
complete -c tidemark -n '__tidemark_due verb argument files' -l output-format -x -a 'ndjson csv tsv table' -d 'ndjson, csv, tsv, or table (for people)'
complete -c tidemark -n '__tidemark_due verb argument files' -l changelog -x -a 'op debezium upsert' -d 'how updates are written: op, debezium or upsert'
complete -c tidemark -n '__tidemark_due verb argument files' -l time-output -x -a 'iso ms' -d 'times as ISO 8601 text or as milliseconds since 1970'
complete -c tidemark -n '__tidemark_due verb argument files' -l to-kafka -x -d 'write rows to the Kafka cluster with these brokers'
complete -c tidemark -n '__tidemark_due verb argument files' -l to-topic -x -d 'the topic to write to; {field} of the row may be a part of it'
complete -c tidemark -n '__tidemark_due verb argument files' -l kafka-key -x -d 'the key of each record, an expression over the row'
complete -c tidemark -n '__tidemark_due verb argument files' -l kafka-header -x -d 'a header of each record; may be repeated'
complete -c tidemark -n '__tidemark_due verb argument files' -l kafka-compression -x -a 'none gzip snappy lz4 zstd' -d 'none, gzip, snappy, lz4 or zstd'
complete -c tidemark -n '__tidemark_due verb argument files' -l delivery -x -a 'exactly-once at-least-once' -d 'exactly-once or at-least-once'
complete -c tidemark -n '__tidemark_due verb argument files' -l job -x -d 'the name by which the cluster knows this job'
complete -c tidemark -n '__tidemark_due verb argument files' -l transaction-timeout -x -d 'after how long the cluster gives up an open transaction'
complete -c tidemark -n '__tidemark_due verb argument files' -l state -r -F -d 'checkpoints: go on where the last run stopped'
complete -c tidemark -n '__tidemark_due verb argument files' -l checkpoint-interval -x -d 'how often, by the clock or by rows read'
complete -c tidemark -n '__tidemark_due verb argument files' -l replay -d 'pipes give the same again in every run: pass over what was taken'
complete -c tidemark -n '__tidemark_due verb argument files' -l at-eof -x -a 'flush suspend' -d 'at the end, fire open windows or keep them'
complete -c tidemark -n '__tidemark_due verb argument files' -l until -x -d 'end the run there, as if the input had ended'
complete -c tidemark -n '__tidemark_due verb argument files' -l drain-timeout -x -d 'how long a signal waits for rows on their way out'
complete -c tidemark -n '__tidemark_due verb argument files' -l require -x -a 'exactly-once at-least-once' -d 'refuse to start if a source or sink promises less'
complete -c tidemark -n '__tidemark_due verb argument files' -l restore -r -F -d 'begin with a savepoint, in a new --state directory'
complete -c tidemark -n '__tidemark_due verb argument files' -l allow-drop-state -d 'give up the state of steps that are no longer there'
complete -c tidemark -n '__tidemark_due verb argument files' -l allow-rewind -d 'write to a sink that already holds later rows of this job'
complete -c tidemark -n '__tidemark_due verb argument files' -l kafka-tls -d 'speak TLS with the brokers'
complete -c tidemark -n '__tidemark_due verb argument files' -l kafka-ca -r -F -d 'the authority (PEM) that has signed their certificates'
complete -c tidemark -n '__tidemark_due verb argument files' -l kafka-certificate -r -F -d 'our certificate (PEM), for mutual TLS'
complete -c tidemark -n '__tidemark_due verb argument files' -l kafka-private-key -r -F -d 'the key (PEM) of our certificate'
complete -c tidemark -n '__tidemark_due verb argument files' -l kafka-login -x -a 'plain scram-sha-256 scram-sha-512' -d 'log in (SASL): plain, scram-sha-256 or scram-sha-512'
complete -c tidemark -n '__tidemark_due verb argument files' -l kafka-user -x -d 'who logs in'
complete -c tidemark -n '__tidemark_due verb argument files' -l kafka-password-file -r -F -d 'the file with the password'
complete -c tidemark -n '__tidemark_due verb argument files' -l arg -x -d 'bind :NAME in expressions to a string; may be repeated'
complete -c tidemark -n '__tidemark_due verb argument files' -l argjson -x -d 'bind :NAME to a JSON value; may be repeated'
complete -c tidemark -n '__tidemark_due verb argument files' -l summary -r -F -d 'the counts of the run, as one JSON object at the end'
complete -c tidemark -n '__tidemark_due verb argument files' -s q -l quiet -d 'no warnings, no line about lost rows; errors only'
complete -c tidemark -n '__tidemark_due verb argument files' -l live -d 'show on the terminal how the run stands while it runs'
complete -c tidemark -n '__tidemark_due verb argument files' -s v -l verbose -d 'counts of every step at the end, on standard error'
complete -c tidemark -n '__tidemark_due verb argument files' -l color -x -a 'auto always never' -d 'auto, always or never'
complete -c tidemark -n '__tidemark_due verb argument files' -l no-color -d 'the same as --color never'
complete -c tidemark -n '__tidemark_due verb argument files' -l show-yaml -d 'print the chain as a pipeline file, and run nothing'
complete -c tidemark -n '__tidemark_due verb argument files words' -s h -l help -d 'help for the verb it stands behind, or for all'
complete -c tidemark -n '__tidemark_due verb argument files' -s V -l version -d 'print the version'
complete -c tidemark -n '__tidemark_place sample dedup top tumble hop cumulate session count-window over aggregate match' -s b -l by -x -d 'keys: fields or expressions'
complete -c tidemark -n '__tidemark_place tumble hop cumulate session count-window aggregate' -s a -l agg -x -d 'aggregates, SQL: "count(*) AS n, max(ms) FILTER (WHERE ok)"'
complete -c tidemark -n '__tidemark_place sort top' -l order-by -x -d 'order of the rows: "hits DESC, url"'
complete -c tidemark -n '__tidemark_place top' -l global -d 'rank the rows of all windows together'
complete -c tidemark -n '__tidemark_place top' -l rank -x -d 'show the rank, 1 to N, in a column of that name'
complete -c tidemark -n '__tidemark_place tumble hop cumulate' -l offset -x -d 'shift of the borders, may be negative'
complete -c tidemark -n '__tidemark_place hop count-window' -l slide -l every -x -d 'how often a window begins; the same as --every D'
complete -c tidemark -n '__tidemark_place cumulate' -l step -x -d 'by how much a window is longer than the one before'
complete -c tidemark -n '__tidemark_place dedup join match' -l within -x -d 'rows less than D apart are repeats'
complete -c tidemark -n '__tidemark_place unnest join enrich' -l as -x -d 'the member that holds the other row, or the element'
complete -c tidemark -n '__tidemark_place match' -l pattern -x -d 'what to find: \'A B\' next, \'A -> B\' later, \'A{3,} !B C\''
complete -c tidemark -n '__tidemark_place match' -l define -x -d 'condition of the rows of a step'
complete -c tidemark -n '__tidemark_place match' -l measures -x -d 'columns of the result: "count(A.x) AS n, B.user"'
complete -c tidemark -n '__tidemark_place match' -l skip -x -d 'where to go on: past-last, to-next, no-skip, to-first:A'
complete -c tidemark -n '__tidemark_place match' -l rows -d 'the rows of each match, with _match and _as added'
complete -c tidemark -n '__tidemark_place match' -l timeout -r -F -a 'drop' -d 'partial matches that run out of time'
complete -c tidemark -n '__tidemark_place match' -l max-partials -x -d 'most partial matches at once; more are an error'
complete -c tidemark -n '__tidemark_place match' -l explain-partials -x -d 'tell which partial matches of KEY are open; \'*\': of all'
complete -c tidemark -n '__tidemark_place join' -l between -x -d 'right time minus left time, both bounds included'
complete -c tidemark -n '__tidemark_place join' -l window -x -d 'rows of the same window, windows back to back'
complete -c tidemark -n '__tidemark_place join' -l as-of -d 'the right row that was valid at the left row\'s time'
complete -c tidemark -n '__tidemark_place join' -l unbounded -d 'all rows, whenever they come; a changelog'
complete -c tidemark -n '__tidemark_place join' -l with -r -F -d 'the right input; - is standard input'
complete -c tidemark -n '__tidemark_place join' -l with-time -x -d 'the field with the event time of the right input'
complete -c tidemark -n '__tidemark_place join' -l with-watermark-delay -x -d 'how far out of order right rows may come'
complete -c tidemark -n '__tidemark_place join enrich' -l on -x -d 'keys: "id = ref", left = right; or a field of both'
complete -c tidemark -n '__tidemark_place join enrich' -l kind -x -a 'inner left right full semi anti' -d 'inner, left, right, full, semi or anti'
complete -c tidemark -n '__tidemark_place enrich' -l table -r -F -d 'the file of the table: NDJSON, CSV, TSV, also compressed'
complete -c tidemark -n '__tidemark_place enrich' -l table-format -x -a 'ndjson csv tsv' -d 'how the table is written: ndjson, csv or tsv'
complete -c tidemark -n '__tidemark_place dedup enrich' -l keep -x -a 'first last' -d 'which of them passes; last waits for the watermark'
complete -c tidemark -n '__tidemark_place over' -l rows -x -d 'look at the N rows before the row and at itself'
complete -c tidemark -n '__tidemark_place over' -l range -x -d 'look at the rows of the last D, inclusive, and of the same time'
complete -c tidemark -n '__tidemark_place split' -l to -r -F -d 'where those rows go: a file, or fd:N'
complete -c tidemark -n '__tidemark_place tee' -l where -x -d 'only rows for which EXPR is true'
complete -c tidemark -n '__tidemark_place unnest' -l key -x -d 'unnest objects: a row for each member, its name under NAME'
complete -c tidemark -n '__tidemark_place unnest' -l ordinality -x -d 'the element\'s place under NAME, from 1'
complete -c tidemark -n '__tidemark_place unnest' -l outer -d 'keep rows without elements; the columns are then NULL'
complete -c tidemark -n '__tidemark_place filter select split over' -s f -l file -r -F -d 'read the argument from FILE instead'
complete -c tidemark -n '__tidemark_place filter select unnest split tee sample dedup sort top tumble hop cumulate session count-window over aggregate join enrich match' -l name -x -d 'id of the step in messages, counts and state'
complete -c tidemark -n '__tidemark_place start explain dedup tumble hop cumulate session' -l allowed-lateness -x -d 'keep fired windows for D and correct them'
complete -c tidemark -n '__tidemark_place start explain top tumble hop cumulate session aggregate' -l emit -x -a 'final changes' -d 'when results come'
complete -c tidemark -n '__tidemark_place start explain dedup top count-window over aggregate join' -l state-ttl -x -d 'forget a key D of event time after its last write'
complete -c tidemark -n '__tidemark_place explain kafka state functions' -l json -d 'as JSON, for programs'
complete -c tidemark -n '__tidemark_place explain' -l mermaid -d 'the plan as a Mermaid flowchart'
complete -c tidemark -n '__tidemark_place explain' -l dot -d 'the plan as a graph for Graphviz'
complete -c tidemark -n '__tidemark_place help' -l schema -d 'the JSON Schema of pipeline files, for editors'
complete -c tidemark -n '__tidemark_place help' -l man -d 'the manual page, as roff'
complete -c tidemark -n '__tidemark_place state' -l epoch -x -d 'dump this epoch instead of the last: the one before it'
complete -c tidemark -n '__tidemark_place stop' -l wait -x -d 'how long to wait for the process to end'
