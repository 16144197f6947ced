/** `tidemark help patterns`. */
export const PATTERNS = `tidemark: patterns

The rows of a key, in order of time, are searched for rows that follow each other as a pattern says.
A step of it is a name; --define "NAME: condition" tells which rows it takes, else it takes any.

  A B            A, and B is the very next row
  A -> B         A, later B: rows that are no B in between are left out, the first B is taken
  A ->> B        A, later B, and each later B once more
  A !B C         A, the next row is no B, then C at once      NOT B is the same as !B
  A -> !B -> C   A, later C, and no B before it
  A -> !B within 10m   A, and no B for 10 minutes: told when the time is up

  A? A* A+       at most one, any number, one or more
  A{3} A{3,} A{3,5} A{,5}
  A+? A{3,}?     reluctant: the rows of B may be taken by A, too. Without the second mark a loop or
                 a range is greedy: while rows meet A, nothing goes on to the next step
  A+[relaxed]    rows that are no A in between are left out; without it any other row ends the loop
  A+[any]        rows that are A may be left out, too: every combination
  A+[until S]    ends before a row that meets S
  A -> B[within 5m]    B comes less than 5 minutes after A
  (A B){2,}      a group, repeated; [relaxed] and [any] are about the rows between its rounds
  A B within 5m  from the first row to the last less than 5 minutes; the same as --within 5m

Conditions     A: price > 10. Of rows taken before: LAST(A.price) (or A.price), LAST(A.price, 1) the
               one before, FIRST(A.price), SUM(A.amount) + amount < 100, count(A.id). The row at
               hand is not among them. Where nothing was taken they are NULL; count is 0.
Measures       --measures "FIRST(A.x) AS x, LAST(A.x, 1) AS y, count(A.id) AS n, sum(amount) AS
               total, MATCH_START() AS since, MATCH_END() AS till". Without: the rows by name.

With A: v = 'a' and so on, --skip no-skip, these are all matches in the rows a1 x a2 b1 b2:
  A B                 a2 b1
  A -> B              a1 b1; a2 b1
  A ->> B             a1 b1; a2 b1; a1 b2; a2 b2
  A -> B{2}           a1 b1 b2; a2 b1 b2
  A{2} -> B           none: x stands between a1 and a2
  A{2}[relaxed] -> B  a1 a2 b1
  A+[relaxed] -> B    a1 a2 b1; a2 b1
  A+?[relaxed] -> B   a1 b1; a1 a2 b1; a2 b1
  A X? A2             a1 x a2, where A2 is defined as A is

Every row may begin a match, and all ways on are followed. --skip says which matches are told:
past-last (default) goes on behind the last row of a match, so that ten failures are one alert;
to-next behind its first row; to-first:A and to-last:A at a row of A; no-skip tells all. With all
but no-skip a match waits while one that began earlier can still be completed: give a window.

Where Flink's library has known faults, tidemark keeps the rule:
  (A -> B)+[relaxed] C     C is the very next row; and -> C is told once, not once more for each row
                           in between
  A -> ((B C) D)           a group that begins a group is entered as written, not by the next row
  A -> !B -> C             a row that is B and C ends the match, also where C is the last step
  A !B C?                  !B is about the row behind A, not about the row of A
  A -> !B -> !C within 5m  both count, not the last one alone
  A{1,2}? -> !B -> C       no B until C, also when rows were left out in between
  A+ -> !B within 5m       told when the time is up; it takes no further row to begin with that
  A -> B?[within 5m] -> C  the window at B holds until B comes, whatever rows were left out
  --timeout                tells a partial match once, not once for each way that it still had
What means nothing there is refused here: [within] at a repeated step, (A? B*)+.

see also: help match, help late`
