/**
 * Command lines and what is said to them, as on a terminal. There is a file a.ndjson; the file of -f holds white space only.
 */
export const REFUSALS = `
$ tidemark tumbel 5m
tidemark: there is no verb 'tumbel' [E_COMMAND]
  hint: did you mean 'tumble'?

$ tidemark grep x
tidemark: there is no verb 'grep' [E_COMMAND]
  hint: verbs: {verbs}; tidemark help says more

$ tidemark a.ndjson filter x
tidemark: there is no verb 'a.ndjson' [E_COMMAND]
  hint: files go last, after a verb: tidemark filter … a.ndjson

$ tidemark zzzzzz
tidemark: there is no verb 'zzzzzz' [E_COMMAND]
  hint: verbs: {verbs}; tidemark help says more

$ tidemark -t ts
tidemark: no verb is given [E_COMMAND]
  hint: verbs: {verbs}; tidemark help says more

$ tidemark then filter a
tidemark: 'then' stands before the first verb [E_CHAIN]
  hint: verbs are chained like this: tidemark filter … then dedup … FILE

$ tidemark filter a then
tidemark: no verb after 'then' [E_CHAIN]
  hint: filter … then VERB, or leave 'then' out

$ tidemark filter a then dedupp -b k
tidemark: there is no verb 'dedupp' [E_COMMAND]
  hint: did you mean 'dedup'?

$ tidemark filter a then --by k
tidemark: '--by' stands where a verb is due, after 'then' [E_CHAIN]
  hint: flags stand behind their verb: filter … then VERB … --by

$ tidemark filter a then explain
tidemark: 'explain' stands where a verb is due, after 'then' [E_CHAIN]
  hint: commands stand alone and cannot be chained

$ tidemark filter a then somefile.x
tidemark: 'somefile.x' stands where a verb is due, after 'then' [E_CHAIN]
  hint: verbs: {verbs}; a file of the name then is ./then

$ tidemark explain
tidemark: explain needs a verb [E_CHAIN]
  hint: write: tidemark explain [FLAG...] VERB [ARG] [FLAG...] [then ...]... [FILE...]

$ tidemark explain functions
tidemark: 'functions' is a command, not a verb [E_COMMAND]
  hint: commands stand alone: tidemark functions [NAME] [--json]

$ tidemark -- filter a
tidemark: '--' stands before the first verb [E_CHAIN]
  hint: after '--' come a verb's argument and files only: tidemark filter -- '-x > 3' FILE

$ tidemark filter
tidemark: filter needs its EXPR [E_CHAIN]
  hint: for example: tidemark filter "level = 'ERROR'"

$ tidemark filter then dedup
tidemark: filter needs its EXPR before 'then' [E_CHAIN]
  hint: for example: tidemark filter "level = 'ERROR'"; a field of the name then is '(then)'

$ tidemark tumble then dedup
tidemark: tumble needs its SIZE before 'then' [E_CHAIN]
  hint: for example: tidemark tumble 5m

$ tidemark filter ''
tidemark: the EXPR of filter is empty [E_CHAIN]
  hint: a shell variable that is not set? --arg NAME=TEXT brings values in as :NAME

$ tidemark select a.ndjson b.ndjson
tidemark: 'a.ndjson' stands in the place of select's LIST, and is a file [E_CHAIN]
  hint: did the shell expand *? write: select '*'

$ tidemark filter a -f x.sql
tidemark: filter has its EXPR twice: 'a' and -f x.sql [E_CHAIN]
  hint: if 'a' is a file to read, write it behind -f x.sql

$ tidemark filter -f x.sql
tidemark: the file of -f is empty: x.sql [E_FLAG_VALUE]
  hint: it holds the EXPR of filter

$ tidemark filter '-x > 3'
tidemark: '-x > 3' begins with '-': a flag, not the EXPR of filter [E_CHAIN]
  hint: write: filter '(-x) > 3'

$ tidemark filter '-t > 3'
tidemark: '-t > 3' begins with '-': a flag, not the EXPR of filter [E_CHAIN]
  hint: write: filter '(-t) > 3'

$ tidemark --until watermark:2024-05-01T10:00:00Z filter 'a > 3'
tidemark: --until watermark: needs event time [E_TIME_MISSING]
  hint: name the field that holds it: --time FIELD

$ tidemark --max-future 1h filter 'a > 3'
tidemark: --max-future needs event time [E_TIME_MISSING]
  hint: name the field that holds it: --time FIELD

$ tidemark select '-(a + b) AS c'
tidemark: '-(a + b) AS c' begins with '-': a flag, not the LIST of select [E_CHAIN]
  hint: write: select '(-(a + b)) AS c'

$ tidemark select '-abs(a[1]) * 2 AS c'
tidemark: '-abs(a[1]) * 2 AS c' begins with '-': a flag, not the LIST of select [E_CHAIN]
  hint: write: select '(-abs(a[1])) * 2 AS c'

$ tidemark tumble -5m
tidemark: '-5m' begins with '-': a flag, not the SIZE of tumble [E_CHAIN]
  hint: for example: tidemark tumble 5m

$ tidemark tumble 0
tidemark: the size of tumble must be longer than 0 [E_WINDOW]
  at tumble:1:1
  | 0
  | ^

$ tidemark tumble 5
tidemark: the duration '5' has no unit [E_DURATION]
  at tumble:1:1
  | 5
  | ^
  hint: write 5s for seconds, 5m for minutes, 5h for hours, 5ms for milliseconds

$ tidemark tumble 5y
tidemark: there is no unit 'y' for durations [E_DURATION]
  at tumble:1:2
  | 5y
  |  ^
  hint: months and years have no fixed length: write days, such as 30d (m is minutes)

$ tidemark filter a a.ndjson then dedup -b k
tidemark: 'a.ndjson' stands before 'then' [E_CHAIN]
  hint: files go last: tidemark filter … then dedup … a.ndjson

$ tidemark filter a = b then dedup -b k
tidemark: '=' stands before 'then' [E_CHAIN]
  hint: the expression lost its quotes; write: filter "a = 'b'"

$ tidemark tumble 5m dedup -b k
tidemark: 'dedup' stands where files go, and is a verb [E_CHAIN]
  hint: verbs are chained with 'then': tidemark tumble … then dedup …; a file of that name is ./dedup

$ tidemark filter a - -
tidemark: '-' (standard input) is given twice [E_CHAIN]
  hint: it can be read once

$ tidemark filter a -i - -i -
tidemark: '-' (standard input) is given twice [E_CHAIN]
  hint: it can be read once

$ tidemark filter a ''
tidemark: the name of a file is empty [E_CHAIN]
  hint: a shell variable that is not set?

$ tidemark filter a -i b c
tidemark: files are given in two ways: -i b, and 'c' at the end [E_CHAIN]
  hint: write all of them with -i, or all at the end

$ tidemark filter a --by k
tidemark: filter has no flag '--by' [E_FLAG]
  hint: verbs that have it: sample, dedup, top, tumble, hop, cumulate, session, count-window, over, aggregate, match

$ tidemark --by k tumble 5m
tidemark: '--by' stands before the first verb [E_FLAG]
  hint: it belongs to one step: write it behind the verb, as in: tidemark sample … --by LIST

$ tidemark --wohin filter a
tidemark: there is no flag '--wohin' [E_FLAG]
  hint: tidemark help lists the flags

$ tidemark tumble 5m --agr x
tidemark: tumble has no flag '--agr' [E_FLAG]
  hint: did you mean '--agg'?

$ tidemark tumble 5m --water 5s
tidemark: tumble has no flag '--water' [E_FLAG]
  hint: did you mean '--watermark-delay'?

$ tidemark filter a -z
tidemark: filter has no flag '-z' [E_FLAG]
  hint: tidemark help filter lists the flags

$ tidemark --json filter a
tidemark: '--json' belongs to a command [E_FLAG]
  hint: it stands behind explain or kafka or state or state plan or functions: tidemark explain --json

$ tidemark --emit final filter a
tidemark: --emit has no effect: no step here takes it [E_FLAG]
  hint: verbs that do: top, tumble, hop, cumulate, session, aggregate

$ tidemark tumble 5m --by
tidemark: --by needs a value [E_FLAG_VALUE]
  hint: write: --by LIST

$ tidemark tumble 5m --by --agg x
tidemark: --by needs a value [E_FLAG_VALUE]
  hint: '--agg' is a flag; if it is meant as the value, write --by=--agg

$ tidemark tumble 5m --by -ttt
tidemark: --by needs a value [E_FLAG_VALUE]
  hint: '-ttt' is a flag; if it is meant as the value, write --by=-ttt

$ tidemark tumble 5m --by --
tidemark: --by needs a value [E_FLAG_VALUE]
  hint: '--' ends the flags; write: --by LIST --

$ tidemark tumble 5m --by --slide
tidemark: --by needs a value [E_FLAG_VALUE]
  hint: '--slide' is a flag; if it is meant as the value, write --by=--slide

$ tidemark tumble 5m --by ''
tidemark: the value of --by is empty [E_FLAG_VALUE]
  hint: a shell variable that is not set?

$ tidemark tumble 5m --by=
tidemark: the value of --by is empty [E_FLAG_VALUE]
  hint: a shell variable that is not set?

$ tidemark filter a --merge=yes
tidemark: --merge takes no value [E_FLAG_VALUE]
  hint: leave out '=yes'

$ tidemark -t=ts filter a
tidemark: '-t=ts' has '=' after a short flag [E_FLAG_VALUE]
  hint: write: -t ts

$ tidemark -t ts tumble 5m --time at
tidemark: --time is given twice: '-t ts' before the first verb, '--time at' after tumble [E_FLAG_TWICE]
  hint: it counts for the whole line, wherever it stands; keep one

$ tidemark tumble 1m --offset 1s --offset 2s
tidemark: --offset is given twice: '--offset 1s' after tumble, '--offset 2s' after tumble [E_FLAG_TWICE]
  hint: keep one of them

$ tidemark -q filter a -q
tidemark: --quiet is given twice: '-q' before the first verb, '-q' after filter [E_FLAG_TWICE]
  hint: it counts for the whole line, wherever it stands; keep one

$ tidemark --color never filter a --no-color
tidemark: --color is given twice: '--color never' before the first verb, '--no-color' after filter [E_FLAG_TWICE]
  hint: it counts for the whole line, wherever it stands; keep one

$ tidemark hop 1m --slide 1s --every 2s
tidemark: --slide is given twice: '--slide 1s' after hop, '--every 2s' after hop [E_FLAG_TWICE]
  hint: keep one of them

$ tidemark --late dorp filter a
tidemark: --late is drop, fail, fd:N or a file, not 'dorp' [E_FLAG_VALUE]
  hint: did you mean 'drop'? for a file of that name write ./dorp

$ tidemark --on-error ignore filter a
tidemark: --on-error is fail, skip, fd:N or a file, not 'ignore' [E_FLAG_VALUE]
  hint: for a file of that name write ./ignore

$ tidemark --late fd:x filter a
tidemark: --late cannot write to 'fd:x' [E_FLAG_VALUE]
  hint: fd:N names an open file descriptor: fd:2 is standard error, fd:3 comes from 3>FILE

$ tidemark --color allways filter a
tidemark: --color is auto, always or never, not 'allways' [E_FLAG_VALUE]
  hint: did you mean 'always'?

$ tidemark --time-format unix -t ts filter a
tidemark: --time-format is auto, iso, s, ms, us or ns, not 'unix' [E_FLAG_VALUE]

$ tidemark --idle-timeout 0 filter a
tidemark: --idle-timeout must be longer than 0 [E_FLAG_VALUE]
  hint: --idle-timeout off turns it off

$ tidemark -w -5s filter a
tidemark: the duration '-5s' is negative [E_DURATION]
  at -w:1:1
  | -5s
  | ^^^

$ tidemark -w 5 filter a
tidemark: the duration '5' has no unit [E_DURATION]
  at -w:1:1
  | 5
  | ^
  hint: write 5s for seconds, 5m for minutes, 5h for hours, 5ms for milliseconds

$ tidemark --line-limit 16mb filter a
tidemark: --line-limit is a size such as 16MiB, not '16mb' [E_FLAG_VALUE]
  hint: write 16MiB; units are B, KiB, MiB, GiB

$ tidemark --line-limit lots filter a
tidemark: --line-limit is a size such as 16MiB, not 'lots' [E_FLAG_VALUE]
  hint: units are B, KiB, MiB, GiB

$ tidemark --line-limit 2GiB filter a
tidemark: --line-limit is at least 1 byte and at most 1GiB, not '2GiB' [E_FLAG_VALUE]

$ tidemark --max-errors some --on-error skip filter a
tidemark: --max-errors is a number of rows or a share of them, not 'some' [E_FLAG_VALUE]
  hint: --max-errors 100 or --max-errors 0.5%

$ tidemark --max-errors 5 filter a
tidemark: --max-errors needs --on-error skip or --on-error FILE [E_FLAG]
  hint: under --on-error fail the first bad row ends the run

$ tidemark --tz Europa/Berlin filter a
tidemark: there is no time zone 'Europa/Berlin' [E_FLAG_VALUE]
  at --tz:1:1
  | Europa/Berlin
  | ^^^^^^^^^^^^^
  hint: did you mean 'Europe/Berlin'?

$ tidemark --summary - filter a
tidemark: --summary - would mix with the rows on standard output [E_FLAG_VALUE]
  hint: --summary fd:2 writes to standard error

$ tidemark --arg x filter a
tidemark: --arg takes NAME=TEXT, not 'x' [E_ARG]
  hint: NAME is made of letters, digits and _; expressions name it as :NAME

$ tidemark --arg 1x=2 filter a
tidemark: --arg takes NAME=TEXT, not '1x=2' [E_ARG]
  hint: NAME is made of letters, digits and _; expressions name it as :NAME

$ tidemark --argjson x=nope filter a
tidemark: the value of --argjson x is not JSON: nope [E_ARG]
  hint: for a string write: --arg x=TEXT

$ tidemark --arg x=1 --argjson x=2 filter a
tidemark: :x is bound twice [E_ARG]
  hint: keep one --arg or --argjson of that name

$ tidemark --arrival-time -t ts filter a
tidemark: --arrival-time and -t contradict each other [E_FLAG]
  hint: --time FIELD reads the time from the rows, --arrival-time takes the moment they are read

$ tidemark --time-format s filter a
tidemark: --time-format needs --time [E_FLAG]
  hint: name the field that holds it: --time FIELD

$ tidemark -qv filter a
tidemark: --quiet and --verbose contradict each other [E_FLAG]

$ tidemark --append filter a
tidemark: --append needs a file to add to [E_FLAG]
  hint: it goes with -o FILE, --late FILE or --on-error FILE; the shell appends standard output with >>

$ tidemark -o a.ndjson filter a ./a.ndjson
tidemark: --output would overwrite the input './a.ndjson' [E_OUTPUT]
  hint: write to another file, and rename it when the run is done

$ tidemark -o x.out --late ./x.out filter a
tidemark: --output and --late write to the same place: ./x.out [E_OUTPUT]
  hint: give each its own file

$ tidemark --late fd:1 filter a
tidemark: the result and --late write to the same place: fd:1 [E_OUTPUT]
  hint: give each its own file

$ tidemark dedup
tidemark: dedup needs --by [E_FLAG]
  hint: write: dedup --by LIST

$ tidemark hop 5m
tidemark: hop needs --slide [E_FLAG]
  hint: write: hop 5m --slide D

$ tidemark aggregate --emit sometimes
tidemark: --emit is final, changes or every:D, not 'sometimes' [E_FLAG_VALUE]
  hint: --emit every:10s tells every 10 s of event time

$ tidemark tumble 5m --emit change
tidemark: --emit is final, changes or every:D, not 'change' [E_FLAG_VALUE]
  hint: did you mean 'changes'?

$ tidemark tumble 5m --emit every:0s
tidemark: the interval of --emit must be longer than 0 [E_FLAG_VALUE]

$ tidemark tumble 5m --emit every:10
tidemark: the duration '10' has no unit [E_DURATION]
  at --emit:1:1
  | 10
  | ^^
  hint: write 10s for seconds, 10m for minutes, 10h for hours, 10ms for milliseconds

$ tidemark dedup -b k --keep frist
tidemark: --keep is first or last, not 'frist' [E_FLAG_VALUE]
  hint: did you mean 'first'?

$ tidemark dedup -b k --within 0
tidemark: --within must be longer than 0 [E_FLAG_VALUE]

$ tidemark filter a --name 'a b'
tidemark: --name is made of letters, digits, _ and -, not 'a b' [E_FLAG_VALUE]

$ tidemark filter a --name x then dedup -b k --name x
tidemark: two steps have --name 'x' [E_FLAG_VALUE]
  hint: a name stands for one step, in messages and in stored state

$ tidemark explain --dot --json filter a
tidemark: --dot and --json exclude each other [E_FLAG]
  hint: each says in which form the plan is printed
`
