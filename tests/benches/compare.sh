#!/usr/bin/env bash
# What keeping everything costs, against the compression a careful administrator would run anyway.
#
#   tests/benches/compare.sh [LINES] [ROUNDS]       default: 1000000 lines, 5 rounds
#
# Makes a BSD syslog of that many lines (or takes the file in COMPARE_LOG), then runs `zstd -3 -T1`, `gzip -6` and
# `brainstem ingest` on it in turns, so that a change of the machine's speed meets all of them, and prints medians: CPU and
# wall seconds, peak memory, size on disk, and the ratios to zstd. After that: a second run with nothing new, a run after one
# percent was appended, and the commands that ask. Needs bash, awk, zstd, gzip and /usr/bin/time (GNU).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

lines="${1:-1000000}" rounds="${2:-5}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export TZ=UTC

for tool in zstd gzip awk /usr/bin/time; do
    command -v "$tool" >/dev/null || { echo "compare.sh needs $tool" >&2; exit 1; }
done
cargo build --release --locked --quiet
brainstem="$PWD/target/release/brainstem"

log="${COMPARE_LOG:-$work/syslog}"
[[ -n "${COMPARE_LOG:-}" ]] || cargo run --release --locked --quiet --example make_syslog -- "$lines" >"$log"
lines="$(wc -l <"$log")"

# measure NAME COMMAND…: appends "cpu wall peak-MiB" of one run to the results of NAME.
measure() {
    local name="$1"
    shift
    /usr/bin/time -f '%U %S %e %M' -o "$work/time" "$@" >/dev/null 2>"$work/err" || { cat "$work/err" >&2; exit 1; }
    awk '{ printf "%.3f %.3f %.1f\n", $1 + $2, $3, $4 / 1024 }' "$work/time" >>"$work/$name.runs"
}

# median NAME COLUMN
median() {
    sort -n -k "$2,$2" "$work/$1.runs" | awk -v c="$2" '{ v[NR] = $c } END { print v[int((NR + 1) / 2)] }'
}

disk() { du -k "$1" | awk '{ print $1 * 1024 }'; }

store="$work/store.redb"
for ((round = 0; round < rounds; round++)); do
    measure zstd zstd -3 -T1 -q -f -o "$work/log.zst" "$log"
    measure gzip sh -c "gzip -6 -c '$log' >'$work/log.gz'"
    rm -f "$store"
    measure ingest "$brainstem" --store "$store" --quiet ingest "$log"
    measure again "$brainstem" --store "$store" --quiet ingest "$log"
done

printf '%d lines, %d bytes, medians of %d rounds, %s\n\n' "$lines" "$(stat -c %s "$log")" "$rounds" \
    "$(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo), $(nproc) processors"
printf '| | CPU s | wall s | peak MiB | MB on disk | CPU | wall | size |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n'
row() {
    awk -v name="$1" -v cpu="$(median "$2" 1)" -v wall="$(median "$2" 2)" -v peak="$(median "$2" 3)" -v size="$3" \
        -v zcpu="$(median zstd 1)" -v zwall="$(median zstd 2)" -v zsize="$(disk "$work/log.zst")" \
        'BEGIN { printf "| %s | %.2f | %.2f | %.0f | %.1f | %.2f | %.2f | %.2f |\n", name, cpu, wall, peak, size / 1e6, cpu / zcpu, wall / zwall, size / zsize }'
}
row '`zstd -3 -T1`' zstd "$(disk "$work/log.zst")"
row '`gzip -6`' gzip "$(disk "$work/log.gz")"
row '`brainstem ingest`' ingest "$(disk "$store")"

grown="$work/grown"
cp "$log" "$grown"
rm -f "$store"
"$brainstem" --store "$store" --quiet ingest "$grown"
tail -n "$((lines / 100))" "$log" >>"$grown"
measure grown "$brainstem" --store "$store" --quiet ingest "$grown"
for command in candidates digest signatures status; do
    for ((round = 0; round < rounds; round++)); do measure "$command" "$brainstem" --store "$store" --quiet "$command"; done
done
printf '\n| afterwards | CPU s | wall s |\n| --- | --- | --- |\n'
for name in again grown candidates digest signatures status; do
    printf '| %s | %s | %s |\n' "$name" "$(median "$name" 1)" "$(median "$name" 2)"
done
