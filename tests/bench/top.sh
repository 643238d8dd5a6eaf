#!/bin/sh
# The live view's cost: its CPU time beside that of one bare drain a second, in
# the same window, and how soon it answers keys while it collects.
#
# usage: top.sh FOLDER            FOLDER holds the built programs
#   CONNSTATE      the program to measure (default ./connstate)
#   BENCH_SOCKETS  number of ESTABLISHED sockets (default 100000)
#   BENCH_SECONDS  length of each window (default 20)
#   BENCH_KEYS     keys to press; the first is measured until BENCH_ANSWER has
#                  come, the others take the screen back (default "?q")
#   BENCH_ANSWER   text that answers the first key; empty: any output
#                  (default "General", a heading of the help)
#
# With BENCH_SOCKETS=1000000 the interval stretches (the limit of CPU), and some
# 6 GiB are taken; the keys below are to be answered within 50 ms all the same.

folder=${1:?usage: top.sh FOLDER}
connstate=${CONNSTATE:-./connstate}
sockets=${BENCH_SOCKETS:-100000}
seconds=${BENCH_SECONDS:-20}

if ! command -v "$connstate" >/dev/null; then
	echo "not found: $connstate"
	exit 1
fi

# In one namespace: the two windows of CPU time side by side, then the keys.
"$folder/load" --established "$sockets" --listen 100 --v6 20 --processes $((sockets / 1000 + 1)) \
	-- sh -c '
	folder=$1 connstate=$2 seconds=$3 keys=$4 answer=$5
	table() # keys as printf writes them, what they do
	{
		cat <<-END
		j next row
		Gg last row, first row
		\\006\\002 page down, page up
		<> sort by another column
		I other order
		a all states: built anew
		o hide loopback, or not
		43512 other views
		Z pause
		/127.0.0.9\\033 search
		END
	}
	work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-bench.XXXXXX") || exit 1
	"$folder/keylat" --seconds "$seconds" -- "$folder/drain" --every 1 --count "$seconds" \
		>"$work/drain" &
	"$folder/keylat" --seconds "$seconds" -- "$connstate" top >"$work/top"
	wait
	echo "in the same $seconds s:"
	echo "one bare drain a second:  $(cat "$work/drain")"
	echo "connstate top:            $(cat "$work/top")"
	awk "/^CPU/ { cpu[FILENAME] = \$3; order[++n] = FILENAME }
		END { if (cpu[order[1]] > 0)
			printf \"ratio: %.2f\\n\", cpu[order[2]] / cpu[order[1]] }" \
		"$work/drain" "$work/top"
	echo "keys pressed at random moments:"
	if [ -n "$answer" ]; then
		"$folder/keylat" --seconds "$seconds" --keys "$keys" --until "$answer" \
			-- "$connstate" top
	else
		"$folder/keylat" --seconds "$seconds" --keys "$keys" -- "$connstate" top
	fi
	echo "others, until the next output; two in turn:"
	table | while read -r keys what; do
		printf "%-28s %s\n" "$what" "$("$folder/keylat" --seconds $((seconds / 2)) \
			--keys "$(printf "$keys")" -- "$connstate" top 2>&1 | sed -n "s/^latency ms: //p")"
	done
	rm -rf "$work"
	' sh "$folder" "$connstate" "$seconds" "${BENCH_KEYS-?q}" "${BENCH_ANSWER-General}"
status=$?
[ "$status" -eq 77 ] && echo "skipped: this host allows no namespace"
exit "$status"
