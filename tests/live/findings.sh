#!/bin/sh
# Findings of real conditions, made with real sockets in a namespace of the test's own,
# and of what looks like them.  Times are shortened by thresholds; what the kernel does in
# its own time is waited for.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"

work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-findings.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
ailing=$(pwd)/tests/live/ailing
connstate=$(pwd)/connstate
export connstate work

# Orphans and memory are counted for the whole host, whoever caused them.
# Ages: a test does not wait for minutes.
cat >"$work/check" <<'SCRIPT'
exec "$connstate" check --interval 0.2 --threshold orphans.warning=1e6 \
	--threshold orphans.critical=1e6 --threshold tcp-memory.warning=1e6 \
	--threshold tcp-memory.critical=1e6 --threshold close-wait.count=10 \
	--threshold close-wait.age=1s --threshold close-wait-unaccepted.age=0 \
	--threshold fin-wait-2-held.age=0.1s --threshold fin-unacknowledged.age=0.3s \
	--threshold peer-not-reading.age=2s --threshold not-reading.age=2s \
	--threshold half-open.age=0.1s --threshold half-open.count=3 "$@"
SCRIPT

# $1: a finding.  Looks until it is raised, however long the kernel takes, at most 40 s.
cat >"$work/until" <<'SCRIPT'
deadline=$(($(date +%s) + 40))
while ! sh "$work/check" --format jsonl >"$work/rows" 2>"$work/errors" || [ ! -s "$work/rows" ]; do
	if [ -s "$work/errors" ]; then
		cat "$work/errors"
		exit 1
	fi
	grep -q "\"name\":\"$1\"" "$work/rows" && exit 0
	if [ "$(date +%s)" -ge "$deadline" ]; then
		echo "$1 is not raised; raised are:"
		cat "$work/rows"
		exit 1
	fi
done
SCRIPT

# $1: seconds.  Looks for as long, and shows what is raised.
cat >"$work/while" <<'SCRIPT'
deadline=$(($(date +%s) + $1))
while :; do
	sh "$work/check" --format jsonl
	[ "$(date +%s)" -lt "$deadline" ] || break
done
exit 0
SCRIPT

# $1: an ailment; $2: a finding; the rest: patterns that its row must match.
raises()
{
	ailment=$1
	finding=$2
	shift 2
	output=$("$ailing" "$ailment" sh "$work/until" "$finding" 2>&1)
	status=$?
	if [ "$status" -eq 77 ]; then
		skip "$ailment raises $finding" "$output"
		return
	fi
	grep "\"name\":\"$finding\"" "$work/rows" >"$work/row" 2>/dev/null
	for pattern in "$@"; do
		if [ "$status" -eq 0 ] && ! grep -q -e "$pattern" "$work/row"; then
			status=1
			output="no $pattern in $(cat "$work/row")"
		fi
	done
	result "$status" "$ailment raises $finding" "$output"
}

# The filter of a finding lists sockets, while they are there.
lists()
{
	ailment=$1
	finding=$2
	cat >"$work/listing" <<'SCRIPT'
sh "$work/until" "$1" >/dev/null || exit 1
filter=$(grep "\"name\":\"$1\"" "$work/rows" | sed 's/.*"filter":"\([^"]*\)".*/\1/' | head -n 1)
"$connstate" list -H "$filter" >"$work/listed" 2>&1 || { echo "$filter"; cat "$work/listed"; exit 1; }
[ -s "$work/listed" ] || { echo "$filter lists nothing"; exit 1; }
SCRIPT
	output=$("$ailing" "$ailment" sh "$work/listing" "$finding" 2>&1)
	status=$?
	if [ "$status" -eq 77 ]; then
		skip "the filter of $finding lists its sockets" "$output"
	else
		result "$status" "the filter of $finding lists its sockets" "$output"
	fi
}

# $1: a finding that the row of raises() before must not come with.
without()
{
	none "$ailment does not raise $1" grep "\"name\":\"$1\"" "$work/rows"
}

# $1: an ailment; the rest: findings that must not be raised, or nothing for none at all.
spares()
{
	ailment=$1
	shift
	"$ailing" "$ailment" sh "$work/while" 2 >"$work/seen" 2>&1
	if [ $? -eq 77 ]; then
		skip "$ailment raises no ${*:-finding}" "$(cat "$work/seen")"
		return
	fi
	for finding in "${@:-.*}"; do
		none "$ailment raises no $finding" grep "\"name\":\"$finding\"" "$work/seen"
	done
	none "$ailment: no complaints" grep -v '^{' "$work/seen"
}

owner='"owner":"ailing\['

raises close-wait close-wait "$owner" '"sockets":10' '"severity":"warning"'
without close-wait-unaccepted
spares close-wait-busy close-wait
raises close-wait-unaccepted close-wait-unaccepted "$owner"'\|in the accept queue of ailing\[' \
	'"sockets":6' 'port 10000'
without close-wait
raises accept-queue-full accept-queue-full "$owner" '"severity":"critical"' \
	'4 wait for accept(), the backlog is 3' 'listen() asked for' '127.0.0.1:10001'
without accept-queue-near-full
without accept-queue-overflow
raises accept-queue-near-full accept-queue-near-full '9 wait for accept(), the backlog is 10'
without accept-queue-full
raises accept-queue-overflow accept-queue-overflow "$owner" 'dropped in' '127.0.0.1:10001'
without accept-queue-full
raises syn-flood syn-flood "$owner" '40 half-open'
without syn-backlog
raises syn-backlog syn-backlog '30 half-open, from 2 sources'
without syn-flood
raises syn-cookies syn-backlog 'SYN cookies\{0,1\} sent in .* came back'
without syn-flood
raises syn-cookies-unanswered syn-flood 'SYN cookies\{0,1\} sent in .*, 0 came back'
without syn-backlog
raises syn-sent-unanswered syn-sent-unanswered "$owner" '127.0.0.1:10000' '"sockets":3'
spares syn-refused syn-sent-unanswered
raises ephemeral-ports ephemeral-ports "$owner" '45 of 50 local ports used (90 %)' \
	'"severity":"critical"' '127.0.0.1 to 127.0.0.1:10001'
raises ephemeral-ports-soon ephemeral-ports 'more a second: none left in' '"severity":"warning"'
spares ephemeral-ports-spread ephemeral-ports
raises time-wait-buckets time-wait-buckets '18 of 20 buckets' '"severity":"warning"'
spares time-wait-few time-wait-buckets
raises time-wait-overflow time-wait-buckets 'ended without TIME-WAIT'
raises fin-wait-2-held fin-wait-2-held "$owner" '"sockets":3'
spares fin-wait-2-closed fin-wait-2-held
raises fin-unacknowledged fin-unacknowledged '3 in FIN-WAIT-1' '"subject":"127.0.0.1"' orphaned
spares fin-acknowledged fin-unacknowledged
raises unread peer-not-reading "$owner" 'behind a closed window'
raises unread not-reading "$owner" '"sockets":1'
without no-answer
spares read-slowly not-reading peer-not-reading
raises no-answer no-answer "$owner" '5 bytes not acknowledged'
without peer-not-reading
raises retransmission retransmission "$owner"
raises half-open half-open "$owner"
spares kept-alive half-open
raises udp-drops udp-drops "$owner"
spares udp-read udp-drops
raises descriptors descriptors "$owner" 'of 90 descriptors'
if [ "$(awk '{ print int($1) }' /proc/uptime)" -gt 120 ]; then
	raises resets resets 'attempts failed a second'
	raises resets-at-once resets 'attempts failed a second'
else
	skip 'resets raises resets' 'what is usual is not known so soon after the start'
	skip 'resets-at-once raises resets' 'what is usual is not known so soon after the start'
fi
spares busy

# Limits of the whole host: in a namespace of its own the kernel does not show them, and a
# test must not bring the host near them.  tests/unit/findings judges them by counters.
# $1: a finding; $2: its limit
of_host()
{
	if "$ailing" close-wait test -e "/proc/sys/$2" 2>/dev/null; then
		skip "$1 is raised" 'the limit is that of the whole host'
	else
		skip "$1 is raised" "a network namespace has no $2"
	fi
	none "$1 is not raised where its limit is not known" grep "\"name\":\"$1\"" "$work/seen"
}
of_host orphans net/ipv4/tcp_max_orphans
of_host tcp-memory net/ipv4/tcp_mem
skip 'conntrack is raised' 'nf_conntrack_max can only be set for the whole host'

# The plugin convention, thresholds and selections.
cat >"$work/convention" <<'SCRIPT'
sh "$work/until" close-wait || exit
sh "$work/until" fin-wait-2-held || exit
sh "$work/check" >"$work/text"
echo "status $?" >>"$work/text"
sh "$work/check" --threshold close-wait.count=11 >"$work/quiet"
echo "status $?" >>"$work/quiet"
sh "$work/check" dport = 1 >"$work/other"
sh "$work/check" sport = 10000 process = ailing >"$work/chosen"
sh "$work/check" --samples 1 >"$work/once"
sh "$work/check" -j >"$work/json"
exit 0
SCRIPT
if output=$("$ailing" close-wait sh "$work/convention" 2>&1); then
	ok 'the first line names the finding' grep -q \
		'^CONNSTATE WARNING - 2 findings: CLOSE-WAIT leak (ailing\[[0-9]*\]), .* | findings=2;;;0 critical=0;;;0 warning=2;;;0$' \
		"$work/text"
	ok 'a block has what is needed' awk '
		/^  seen      10 idle sockets in CLOSE-WAIT/ { seen = 1 }
		/^  since     / { since = 1 }
		/^  owner     ailing\[/ { owner = 1 }
		/^  do        / { todo = 1 }
		END { exit !(seen && since && owner && todo) }' "$work/text"
	ok 'a warning has status 1' grep -q '^status 1$' "$work/text"
	none 'a threshold raises the bar' grep 'CLOSE-WAIT leak' "$work/quiet"
	ok 'other sockets have no findings' grep -q '^CONNSTATE OK - 0 findings |' "$work/other"
	ok 'a filter chooses the sockets' grep -q 'CLOSE-WAIT leak' "$work/chosen"
	ok 'one sample is enough for a state' grep -q 'CLOSE-WAIT leak' "$work/once"
	ok 'JSON has the status' grep -q '"status":"WARNING"' "$work/json"
else
	skip 'the plugin convention' "$output"
fi

lists close-wait close-wait
lists accept-queue-full accept-queue-full
lists syn-backlog syn-backlog
lists syn-sent-unanswered syn-sent-unanswered
lists ephemeral-ports ephemeral-ports
lists fin-unacknowledged fin-unacknowledged
lists unread peer-not-reading
lists unread not-reading
lists no-answer no-answer
lists half-open half-open
lists udp-drops udp-drops

ok 'wrong threshold: usage' sh -c '"$1" check --threshold close-wait.cuont=3 2>&1 |
	grep -q "did you mean close-wait.count"' sh "$connstate"
ok 'wrong value: usage' sh -c '"$1" check --threshold close-wait.count=x 2>&1 |
	grep -q "no value for .close-wait.count"' sh "$connstate"
ok 'all findings are listed' sh -c '"$1" check --list-findings | grep -q ^close-wait-unaccepted' \
	sh "$connstate"
finish
