#!/bin/sh
# What holds transfers back, told of real ones: by the program, its send buffer, the peer,
# the network, loss, nothing.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"

work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-limited.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
ailing=$(pwd)/tests/live/ailing
connstate=$(pwd)/connstate
export connstate work

# $1: what is expected of the sender, the one that is not at port 10000.  A poll may fall
# on the beginning, so it is asked again; at most for 20 s.
cat >"$work/until" <<'SCRIPT'
deadline=$(($(date +%s) + 20))
while :; do
	"$connstate" list -H --columns limited_by --interval 0.4 state established \
		and sport != 10000 and dport = 10000 >"$work/seen" 2>&1
	if grep -qx " *$1 *" "$work/seen" && [ "$(sort -u "$work/seen" | wc -l)" -eq 1 ]; then
		exit 0
	fi
	[ "$(date +%s)" -lt "$deadline" ] || break
done
cat "$work/seen"
exit 1
SCRIPT

# The same, at 20 Mbit/s.
cat >"$work/slow" <<'SCRIPT'
tc qdisc add dev lo root tbf rate 20mbit burst 256kb latency 1s || exit 78
exec sh "$work/until" "$1"
SCRIPT

# $1: an ailment; $2: what limits it; $3: the script
limits()
{
	output=$("$ailing" "$1" sh "$work/${3:-until}" "$2" 2>&1)
	status=$?
	case $status in
	77) skip "$1 is limited by $2" "$output" ;;
	78) skip "$1 is limited by $2" "no tbf: $output" ;;
	*) result $status "$1 is limited by $2" "$output" ;;
	esac
}

limits unread receiver
limits limited-send-buffer send-buffer
limits limited-application application
limits no-answer loss
limits descriptors idle
if command -v tc >/dev/null; then
	limits limited-network network slow
else
	skip 'limited-network is limited by network' 'there is no tc'
fi

# One poll is not enough to say.
cat >"$work/others" <<'SCRIPT'
"$connstate" list --format jsonl --columns state,limited_by >"$work/all"
"$connstate" list -H --columns peer limited-by = application >"$work/filtered"
"$connstate" list -H --columns limited_by --sort limited_by state established >"$work/sorted"
"$connstate" summary --by limited_by --format jsonl >"$work/summary"
"$connstate" check -c 0 limited_by = application >"$work/check"
"$connstate" list -D "$work/dump" >"$work/dumped" 2>&1 &&
	"$connstate" list --from "$work/dump" --format jsonl --columns limited_by >"$work/saved"
exit 0
SCRIPT
if output=$("$ailing" limited-application sh "$work/others" 2>&1); then
	ok 'a listener has none' grep -q '"state":"LISTEN","limited_by":null' "$work/all"
	ok 'a connection has one' grep -q '"state":"ESTABLISHED","limited_by":"application"' \
		"$work/all"
	ok 'a filter can ask for it' grep -q '^127.0.0.1:10000 *$' "$work/filtered"
	ok 'it can be sorted by' sh -c 'grep -q application "$1"' sh "$work/sorted"
	ok 'it can be counted by' grep -q '"limited_by":"application"' "$work/summary"
	ok 'check can ask for it' grep -q '^CONNSTATE CRITICAL - 1 socket' "$work/check"
	ok 'one poll does not tell' grep -q '"limited_by":null' "$work/saved"
else
	skip 'other commands' "$output"
fi
finish
