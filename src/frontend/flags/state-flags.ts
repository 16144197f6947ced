import type { FlagDefinition } from './flag.ts'

/** Job flags about state that outlives a run. In the order of the man page. */
export const STATE_FLAGS: readonly FlagDefinition[] = [
  {
    name: 'state',
    placeholder: 'DIR',
    scope: 'job',
    value: { kind: 'folder' },
    section: 'state',
    summary: 'checkpoints: go on where the last run stopped',
    manual:
      'A directory of its own, made if there is none. A run that is killed at any moment and started again by the same command gives the output of a run that was never killed. One process at a time uses it.',
  },
  {
    name: 'checkpoint-interval',
    placeholder: 'D|rows:N',
    scope: 'job',
    value: { kind: 'interval' },
    section: 'state',
    summary: 'how often, by the clock or by rows read',
    default: '10s',
    manual:
      'A checkpoint costs what changed since the last one and is written while the run goes on. There is also one at the end, and at SIGTERM or SIGINT. Results never depend on it.',
  },
  {
    name: 'replay',
    placeholder: '',
    scope: 'job',
    value: { kind: 'none' },
    section: 'state',
    summary: 'pipes give the same again in every run: pass over what was taken',
    manual:
      'For a standard input or named pipe whose writer begins anew with every run, as in: zcat app.log.gz | tidemark --state st --replay. The bytes that were taken are compared with a checksum and passed over; others, or fewer of them, are an error. Without it a pipe goes on with its next byte, and what was read after the last checkpoint is lost in a crash. Files are read on where they stand, with or without it.',
  },
  {
    name: 'at-eof',
    placeholder: 'flush|suspend',
    scope: 'job',
    value: { kind: 'keyword', keywords: ['flush', 'suspend'] },
    section: 'state',
    summary: 'at the end, fire open windows or keep them',
    default: 'flush',
    manual:
      'suspend is for files that grow, read by cron: open windows, and a last line without a newline, wait in the state directory for the next run. It needs --state. flush with --state marks the job as finished: started again it writes nothing, and new rows are an error.',
  },
  {
    name: 'until',
    placeholder: 'D|rows:N|watermark:TIME|latest',
    scope: 'job',
    value: { kind: 'until' },
    section: 'state',
    summary: 'end the run there, as if the input had ended',
    manual:
      'After D of the wall clock, which is not deterministic; behind the Nth row, bad rows not counted; or behind the row that moves the watermark to TIME (2024-05-01T10:00:00Z). latest is for --kafka: what is in the topics when the job begins is read, and no more. --at-eof says what becomes of open windows. With --state, rows are counted from where the last run that came to its end has ended.',
  },
  {
    name: 'drain-timeout',
    placeholder: 'D',
    scope: 'job',
    value: { kind: 'duration' },
    section: 'state',
    summary: 'how long a signal waits for rows on their way out',
    default: '30s',
    manual:
      'At SIGTERM or SIGINT the rows that are finished go out and a last checkpoint is taken. If a sink does not take them in time, the run ends with status 15, and a run with --state goes on from its last checkpoint. A second SIGINT ends the run at once.',
  },
  {
    name: 'require',
    placeholder: 'exactly-once|at-least-once',
    scope: 'job',
    value: { kind: 'keyword', keywords: ['exactly-once', 'at-least-once'] },
    section: 'state',
    summary: 'refuse to start if a source or sink promises less',
    manual: 'explain prints what is promised for each source and sink, and why.',
  },
  {
    name: 'restore',
    placeholder: 'FILE',
    scope: 'job',
    value: { kind: 'input-file' },
    section: 'state',
    summary: 'begin with a savepoint, in a new --state directory',
    manual:
      'FILE is what tidemark state dump wrote, of this job or of an earlier shape of it: state plan tells what becomes of each step. Leave the flag out when the job is started again.',
  },
  {
    name: 'allow-drop-state',
    placeholder: '',
    scope: 'job',
    value: { kind: 'none' },
    section: 'state',
    summary: 'give up the state of steps that are no longer there',
    manual: 'Without it a pipeline that lacks a step whose state is kept is refused: perhaps it was only renamed.',
  },
  {
    name: 'allow-rewind',
    placeholder: '',
    scope: 'job',
    value: { kind: 'none' },
    section: 'state',
    summary: 'write to a sink that already holds later rows of this job',
    manual:
      'After a reset or a restored savepoint the rows that come again would be twice in such a sink; it is refused unless this says that they may.',
  },
]
