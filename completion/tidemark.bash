# bash completion for tidemark; made by: tidemark completion bash

_tidemark_flag_takes_value() {
  case $1 in
    --time | -t | --time-format | --watermark-delay | -w | --idle-timeout | --max-drift | --max-future | --tz | --late | --on-error | --max-errors | --input | -i | --input-format | --csv-header | --input-changelog | --input-key | --line-limit | --scanner | --kafka | --topic | --from | --group | --shard | --isolation | --lost-offset | --missing-topic | --tombstones | --output | -o | --roll | --output-format | --changelog | --time-output | --to-kafka | --to-topic | --kafka-key | --kafka-header | --kafka-compression | --delivery | --job | --transaction-timeout | --state | --checkpoint-interval | --at-eof | --until | --drain-timeout | --require | --restore | --kafka-ca | --kafka-certificate | --kafka-private-key | --kafka-login | --kafka-user | --kafka-password-file | --arg | --argjson | --summary | --color | --by | -b | --agg | -a | --order-by | --rank | --offset | --slide | --every | --step | --within | --as | --pattern | --define | --measures | --skip | --timeout | --max-partials | --explain-partials | --between | --window | --with | --with-time | --with-watermark-delay | --on | --kind | --table | --table-format | --keep | --rows | --range | --to | --where | --key | --ordinality | --file | -f | --name | --allowed-lateness | --emit | --state-ttl | --epoch | --wait) return 0 ;;
  esac
  return 1
}

_tidemark_offer() {
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$@")
}

_tidemark_offer_files() {
  compopt -o filenames 2>/dev/null
  _tidemark_offer -f -- "$1"
}

_tidemark_offer_folders() {
  compopt -o filenames 2>/dev/null
  _tidemark_offer -d -- "$1"
}

_tidemark_offer_value() {
  case $1 in
    --time-format) _tidemark_offer -W 'auto iso s ms us ns' -- "$2" ;;
    --idle-timeout) _tidemark_offer -W 'off' -- "$2" ;;
    --max-drift) _tidemark_offer -W 'off' -- "$2" ;;
    --max-future) _tidemark_offer -W 'off' -- "$2" ;;
    --late) _tidemark_offer -W 'drop fail' -- "$2"; _tidemark_offer_files "$2" ;;
    --on-error) _tidemark_offer -W 'fail skip' -- "$2"; _tidemark_offer_files "$2" ;;
    --input | -i) _tidemark_offer_files "$2" ;;
    --input-format) _tidemark_offer -W 'ndjson csv tsv' -- "$2" ;;
    --input-changelog) _tidemark_offer -W 'op debezium upsert' -- "$2" ;;
    --scanner) _tidemark_offer -W 'kernel reference' -- "$2" ;;
    --isolation) _tidemark_offer -W 'committed uncommitted' -- "$2" ;;
    --lost-offset) _tidemark_offer -W 'fail earliest latest' -- "$2" ;;
    --missing-topic) _tidemark_offer -W 'fail wait' -- "$2" ;;
    --tombstones) _tidemark_offer -W 'skip row' -- "$2" ;;
    --output | -o) _tidemark_offer_files "$2" ;;
    --output-format) _tidemark_offer -W 'ndjson csv tsv table' -- "$2" ;;
    --changelog) _tidemark_offer -W 'op debezium upsert' -- "$2" ;;
    --time-output) _tidemark_offer -W 'iso ms' -- "$2" ;;
    --kafka-compression) _tidemark_offer -W 'none gzip snappy lz4 zstd' -- "$2" ;;
    --delivery) _tidemark_offer -W 'exactly-once at-least-once' -- "$2" ;;
    --state) _tidemark_offer_files "$2" ;;
    --at-eof) _tidemark_offer -W 'flush suspend' -- "$2" ;;
    --require) _tidemark_offer -W 'exactly-once at-least-once' -- "$2" ;;
    --restore) _tidemark_offer_files "$2" ;;
    --kafka-ca) _tidemark_offer_files "$2" ;;
    --kafka-certificate) _tidemark_offer_files "$2" ;;
    --kafka-private-key) _tidemark_offer_files "$2" ;;
    --kafka-login) _tidemark_offer -W 'plain scram-sha-256 scram-sha-512' -- "$2" ;;
    --kafka-password-file) _tidemark_offer_files "$2" ;;
    --summary) _tidemark_offer_files "$2" ;;
    --color) _tidemark_offer -W 'auto always never' -- "$2" ;;
    --timeout) _tidemark_offer -W 'drop' -- "$2"; _tidemark_offer_files "$2" ;;
    --with) _tidemark_offer_files "$2" ;;
    --kind) _tidemark_offer -W 'inner left right full semi anti' -- "$2" ;;
    --table) _tidemark_offer_files "$2" ;;
    --table-format) _tidemark_offer -W 'ndjson csv tsv' -- "$2" ;;
    --keep) _tidemark_offer -W 'first last' -- "$2" ;;
    --to) _tidemark_offer_files "$2" ;;
    --file | -f) _tidemark_offer_files "$2" ;;
    --emit) _tidemark_offer -W 'final changes' -- "$2" ;;
  esac
}

_tidemark_offer_flags() {
  case $1 in
    filter) _tidemark_offer -W '--file --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    select) _tidemark_offer -W '--file --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    unnest) _tidemark_offer -W '--as --key --ordinality --outer --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    split) _tidemark_offer -W '--to --file --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    tee) _tidemark_offer -W '--where --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    sample) _tidemark_offer -W '--by --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    dedup) _tidemark_offer -W '--by --within --keep --allowed-lateness --state-ttl --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    sort) _tidemark_offer -W '--order-by --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    top) _tidemark_offer -W '--order-by --by --global --rank --emit --state-ttl --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    tumble) _tidemark_offer -W '--by --agg --offset --allowed-lateness --emit --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    hop) _tidemark_offer -W '--slide --every --by --agg --offset --allowed-lateness --emit --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    cumulate) _tidemark_offer -W '--step --by --agg --offset --allowed-lateness --emit --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    session) _tidemark_offer -W '--by --agg --allowed-lateness --emit --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    count-window) _tidemark_offer -W '--slide --every --by --agg --state-ttl --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    over) _tidemark_offer -W '--by --rows --range --state-ttl --file --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    aggregate) _tidemark_offer -W '--by --agg --emit --state-ttl --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    join) _tidemark_offer -W '--with --as --on --kind --within --between --window --as-of --unbounded --state-ttl --with-time --with-watermark-delay --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    enrich) _tidemark_offer -W '--table --on --as --kind --keep --table-format --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    match) _tidemark_offer -W '--by --pattern --define --within --measures --rows --skip --timeout --max-partials --explain-partials --name --time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version' -- "$2" ;;
    run) _tidemark_offer -W '--strict-fields --fail-on-empty --input --scanner --output --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --arg --argjson --summary --live --help' -- "$2" ;;
    validate) _tidemark_offer -W '--arg --argjson --help' -- "$2" ;;
    kafka) _tidemark_offer -W '--kafka --state --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --json --help' -- "$2" ;;
    state) _tidemark_offer -W '--json --epoch --help' -- "$2" ;;
    stop) _tidemark_offer -W '--state --wait --help' -- "$2" ;;
    functions) _tidemark_offer -W '--json --help' -- "$2" ;;
    completion) _tidemark_offer -W '--help' -- "$2" ;;
    help) _tidemark_offer -W '--schema --man --help' -- "$2" ;;
    explain) _tidemark_offer -W '--time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version --allowed-lateness --emit --state-ttl --json' -- "$2" ;;
    *) _tidemark_offer -W '--time --time-format --arrival-time --watermark-delay --idle-timeout --max-drift --max-future --tz --late --on-error --max-errors --strict-fields --fail-on-empty --input --follow --merge --ordered --input-format --csv-header --input-changelog --input-key --line-limit --scanner --kafka --topic --from --group --shard --isolation --lost-offset --missing-topic --kafka-metadata --tombstones --output --roll --append --output-format --changelog --time-output --to-kafka --to-topic --kafka-key --kafka-header --kafka-compression --delivery --job --transaction-timeout --state --checkpoint-interval --replay --at-eof --until --drain-timeout --require --restore --allow-drop-state --allow-rewind --kafka-tls --kafka-ca --kafka-certificate --kafka-private-key --kafka-login --kafka-user --kafka-password-file --arg --argjson --summary --quiet --live --verbose --color --no-color --show-yaml --help --version --allowed-lateness --emit --state-ttl' -- "$2" ;;
  esac
}

# Reads the words before the cursor as tidemark does: values of flags, flags, the verb, its argument, then, files.
_tidemark() {
  local cur=${COMP_WORDS[COMP_CWORD]} place='' flag='' argument=0 ended=0 first=1 i word
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ -n $flag ]]; then
      # bash cuts --flag=value and fd:3 at the signs
      [[ $word == '=' ]] || flag=''
    elif [[ $word == '=' || $word == ':' ]]; then
      ((i++))
    elif ((!ended)) && [[ $word == -- ]]; then
      ended=1
    elif ((!ended)) && [[ $word == -?* ]]; then
      if _tidemark_flag_takes_value "$word"; then flag=$word; fi
      [[ $word == -f || $word == --file ]] && argument=0
    elif [[ "$place $word" == 'state plan' ]]; then
      place=explain
    elif [[ -z $place || $place == explain ]]; then
      place=$word first=0
      case $word in filter | select | unnest | split | tee | sample | top | tumble | hop | cumulate | session | count-window | over) argument=1 ;; esac
    elif ((argument)); then
      argument=0
    elif ((!ended)) && [[ $word == then ]]; then
      place=''
    fi
  done
  [[ $cur == '=' ]] && cur=''

  if [[ -n $flag ]]; then
    _tidemark_offer_value "$flag" "$cur"
  elif ((!ended)) && [[ $cur == -* ]]; then
    _tidemark_offer_flags "$place" "$cur"
  else
    case $place in
      '') _tidemark_offer -W "filter select unnest split tee sample dedup sort top tumble hop cumulate session count-window over aggregate join enrich match$( ((first)) && echo ' run validate explain kafka state stop functions completion help')" -- "$cur" ;;
      explain) _tidemark_offer -W 'filter select unnest split tee sample dedup sort top tumble hop cumulate session count-window over aggregate join enrich match' -- "$cur" ;;
      run) _tidemark_offer -W '' -- "$cur" ;;
      validate) _tidemark_offer -W '' -- "$cur" ;;
      kafka) _tidemark_offer -W 'lag' -- "$cur" ;;
      state) _tidemark_offer -W 'ls show verify reset dump restore plan' -- "$cur"; _tidemark_offer_folders "$cur" ;;
      stop) _tidemark_offer -W '' -- "$cur" ;;
      functions) _tidemark_offer -W '' -- "$cur" ;;
      completion) _tidemark_offer -W 'bash zsh fish' -- "$cur" ;;
      help) _tidemark_offer -W 'filter select unnest split tee sample dedup sort top tumble hop cumulate session count-window over aggregate join enrich match run validate explain kafka state stop functions completion help expressions time late patterns yaml flags exit-codes' -- "$cur" ;;
      *)
        if ((!argument)); then
          ((ended)) || _tidemark_offer -W then -- "$cur"
          _tidemark_offer_files "$cur"
        fi
        ;;
    esac
  fi
}

complete -F _tidemark tidemark
