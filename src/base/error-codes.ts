/**
 * Exit statuses by name. The table of `CLI.md` section 7, the man page and the reference are made from it.
 * Unit files can say `RestartPreventExitStatus=2 5 6 7 70`.
 */
export const EXIT_STATUS = {
  done: [0, 'done, or drained after SIGTERM'],
  runtime: [1, 'failed at run time'],
  usage: [2, 'the command line or one of its expressions is wrong'],
  badRows: [3, 'bad rows over the limit'],
  lateRows: [4, 'late rows under --late fail'],
  refused: [5, 'the pipeline file, the SQL or a guarantee is refused'],
  state: [6, 'the state does not fit the command line or the input'],
  damaged: [7, 'the state is damaged'],
  inUse: [8, 'the state is in use by another process'],
  noRows: [9, 'no rows came out, under --fail-on-empty'],
  rejected: [10, 'a sink refused a row'],
  unreachable: [12, 'a source or sink could not be reached; trying again may help'],
  notDrained: [15, 'not drained in time'],
  bug: [70, 'a bug in tidemark'],
  interrupted: [130, 'stopped by SIGINT'],
  pipeClosed: [141, "stdout's reader left"],
} as const satisfies Record<string, readonly [number, string]>

export type ExitName = keyof typeof EXIT_STATUS

/** Every code a user can meet: how the process ends, and its line in the man page. Sorted. */
export const ERROR_CODES = {
  E_AGGREGATE: ['usage', 'an aggregate is used where it cannot be, or wrongly'],
  E_ARCHIVE: ['runtime', 'a compressed input is damaged, cut short, or made in a way that cannot be read'],
  E_ARG: ['usage', 'an --arg or --argjson is malformed, or an expression names one that was not given'],
  E_CHAIN: ['usage', 'verbs, their arguments, `then` and files stand in an order that cannot be read'],
  E_CHANGELOG: ['usage', 'a step that takes only new rows stands after one that corrects its results'],
  E_COLUMN: ['usage', 'an expression names a column that its input does not have'],
  E_COMMAND: ['usage', 'there is no such verb or command'],
  E_DURATION: ['usage', 'a duration could not be read'],
  E_EMPTY: ['noRows', 'no row came out, and --fail-on-empty was given'],
  E_EXPRESSION: ['usage', 'an expression could not be read'],
  E_FIELD_NEVER_SEEN: ['badRows', 'no row had a field that the command names, under --strict-fields'],
  E_FILE_MISSING: ['usage', 'an input file does not exist'],
  E_FILE_READ: ['runtime', 'an input file could not be read'],
  E_FLAG: ['usage', 'there is no such flag, or it may not stand here'],
  E_FLAG_TWICE: ['usage', 'a flag that may be given once was given twice'],
  E_FLAG_VALUE: ['usage', 'a flag has a value that it does not take, or none'],
  E_FUNCTION: ['usage', 'there is no such function, or its arguments do not fit'],
  E_GUARANTEE: ['refused', 'a source or sink promises less than --require asks for'],
  E_HEADER: ['badRows', 'the line of names of a CSV or TSV file cannot be used'],
  E_INTERNAL: ['bug', 'a bug in tidemark'],
  E_LATE: ['lateRows', 'a row came too late, and --late fail was given'],
  E_NAME: ['usage', 'a result column has no name, or two have the same'],
  E_NOT_DRAINED: ['notDrained', 'a sink did not take its rows in time after a signal'],
  E_NO_INPUT: ['usage', 'nothing to read: no file, and standard input is a terminal'],
  E_OUTPUT: ['usage', 'an output path cannot be used'],
  E_OUTPUT_CHANGED: ['state', 'an output file is not as the last checkpoint left it'],
  E_OUTPUT_COLUMN: ['rejected', 'a row has a column that the header of the output does not have'],
  E_PATTERN: ['usage', 'a pattern cannot be read, or means nothing'],
  E_ROW_CHANGE: ['badRows', 'a row of a changelog does not say what it changes'],
  E_ROW_FIELDS: ['badRows', 'a record of CSV or TSV cannot be read, or has too few or too many fields'],
  E_ROW_FUTURE: ['badRows', 'the event time of a row lies too far in the future'],
  E_ROW_JSON: ['badRows', 'a line is not JSON'],
  E_ROW_OBJECT: ['badRows', 'a line is JSON, but not an object'],
  E_ROW_TIME: ['badRows', 'a row has no readable event time'],
  E_ROW_TOO_LONG: ['badRows', 'a line is longer than the limit'],
  E_ROW_UTF8: ['badRows', 'a line is not UTF-8'],
  E_ROW_VALUE: ['badRows', 'an expression cannot take a value of the row'],
  E_SAVEPOINT: ['damaged', 'a savepoint is not as it was written, or cannot be written'],
  E_SINK_MARKER: ['state', "a sink's mark of the last checkpoint is missing or too old"],
  E_SINK_REWIND: ['state', 'a sink has rows of this job that the state does not know of'],
  E_SOURCE_CHANGED: ['state', 'an input is not what was read before: truncated, replaced, or written anew'],
  E_SOURCE_GONE: ['state', 'an input that was not read to its end is no longer among the files'],
  E_STATE_DAMAGED: ['damaged', 'a state directory is not as it was written'],
  E_STATE_FINISHED: ['state', 'the job ended at the end of its input, and now there are new rows'],
  E_STATE_FOREIGN: ['state', 'what --state names is not a state directory, and not empty'],
  E_STATE_FORMAT: ['state', 'a state directory was written by a newer release'],
  E_STATE_LOCKED: ['inUse', 'a state directory is in use by another process'],
  E_STATE_MISFIT: ['state', 'the state was kept by another pipeline, or by one that has changed too much'],
  E_STATE_MISSING: ['usage', 'there is no such state directory, or no folder to put it into'],
  E_STATE_NOT_EMPTY: ['state', 'a savepoint is to be restored where there is state already'],
  E_STATE_WRITE: ['runtime', 'a state directory cannot be written'],
  E_STOP_TIMEOUT: ['notDrained', 'a process that was asked to stop has not ended in time'],
  E_TIME_MISSING: ['usage', 'a verb needs event time, and --time was not given'],
  E_TYPE: ['usage', 'an expression mixes types that do not go together'],
  E_VALUE: ['usage', 'a literal is out of range or malformed'],
  E_WINDOW: ['usage', 'the sizes of a window do not fit each other'],
  E_WRITE: ['runtime', 'an output could not be written'],
} as const satisfies Record<string, readonly [ExitName, string]>

export type ErrorCode = keyof typeof ERROR_CODES

/** Warnings: the run goes on, the exit status stays 0. */
export const WARNING_CODES = {
  W_CHECKPOINT_SLOW: 'a checkpoint took longer than the interval between two',
  W_FIELD_NEVER_SEEN: 'no row had a field that the command names',
  W_FILE_AWAITED: 'a file that is to be followed is not there yet',
  W_INTERRUPTED: 'windows that were still open were discarded at a signal',
  W_LATE: 'rows came too late and were dropped',
  W_LIVE_PIPE: 'a live pipe without --idle-timeout holds its last windows back',
  W_NOTIFY: 'the service manager waits for words that cannot be sent',
  W_STRING_COMPARED: 'a field that held only strings was compared with a number',
  W_TRUNCATED: 'a followed file was cut short',
  W_UNBOUNDED: 'a step keeps state for ever',
} as const satisfies Record<string, string>

export type WarningCode = keyof typeof WARNING_CODES
