# Sourced by setup and kubernetes: one line a step with the seconds since the start, on standard error.

STARTED=${STARTED:-$(date +%s)}
export STARTED
# More often than a reader begins to wonder, less often than a build log fills.
TICK_SECONDS=5

say() { printf '[%4d s] %s\n' $(($(date +%s) - STARTED)) "$*" >&2; }

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# attempt LOG WHAT COMMAND...: runs the command with its output in LOG; says every few seconds that it still runs and how
# many lines it has written; shows the log's end, and returns its exit code, when it fails.
attempt() {
  local log=$1 what=$2 code=0 waited=0 child
  shift 2
  say "$what ..."
  # exec, so that child is the command itself and no shell around it.
  (exec "$@") > "$log" 2>&1 < /dev/null 9>&- &
  child=$!
  # An interrupted setup leaves no compiler behind.
  trap 'kill "$child" 2>/dev/null; exit 130' INT TERM
  while kill -0 "$child" 2> /dev/null; do
    sleep 0.2
    waited=$((waited + 1))
    ((waited % (TICK_SECONDS * 5))) || say "  $what: still at it, $(wc -l < "$log") lines of output"
  done
  wait "$child" || code=$?
  trap - INT TERM
  if ((code)); then
    tail -n 30 "$log" >&2
    say "$what failed with exit code $code; its output is in $log"
  fi
  return "$code"
}

# The same, and ends the script when the command fails.
watched() { attempt "$@" || exit 1; }
