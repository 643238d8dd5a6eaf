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
# in a namespace that is seconds old nobody knows what is usual
spares resets resets
spares resets-at-once resets

# what is counted is the namespace's, or the host's where its limits are shown as well
cat >"$work/counted" <<'SCRIPT'
"$connstate" check --interval 0.1 --format jsonl --threshold time-wait-buckets.warning=0 >"$1"
grep '"name":"time-wait-buckets"' "$1" | grep "\"subject\":\"$2\""
SCRIPT
output=$("$ailing" close-wait sh "$work/counted" "$work/rows" 'this network namespace' 2>&1)
status=$?
if [ "$status" -eq 77 ]; then
	skip 'the counters of a namespace are not called those of the host' "$output"
else
	result "$status" 'the counters of a namespace are not called those of the host' \
		"$output$(cat "$work/rows")"
fi
if [ -e /proc/sys/net/ipv4/tcp_max_orphans ]; then
	ok 'the counters of the host are called so' sh "$work/counted" "$work/rows" 'this host'
else
	skip 'the counters of the host are called so' 'they are not shown here'
fi
spares busy

# Orphans and memory of TCP are counted for the whole host, and its limits are shown outside
# of namespaces only: the ailment is in a namespace, and the look is taken beside it.  The
# bar lies half way between what is there before and what the ailment adds.  Whatever else
# goes on here counts as well: where it moves the figure across the bar, it says nothing.

# $1: the place of the figure in the line of TCP
of_host()
{
	awk -v place="$1" '$1 == "TCP:" { print $place }' /proc/net/sockstat
}

# $1: a finding; $2: the severity that begins at $bar; $3: of this limit.  A warning is
# raised from there on only; below a critical one there is a warning.
look()
{
	share=$(awk -v n="$bar" -v of="$3" 'BEGIN { printf "%.12f", n / of }')
	if [ "$2" = warning ]; then
		warning=$share critical=1e6
	else
		warning=0 critical=$share
	fi
	"$connstate" check --interval 0.1 --format jsonl --threshold "$1.warning=$warning" \
		--threshold "$1.critical=$critical" >"$work/look" 2>"$work/errors"
	grep "\"severity\":\"$2\",\"name\":\"$1\"" "$work/look" >"$work/row"
	[ ! -s "$work/errors" ]
}

# $1: an ailment; the rest: how to look.  Looks at the host while the ailment is there,
# with $least and $most of the figure in that time.
beside()
{
	rm -f "$work/there" "$work/go"
	mkfifo "$work/there" "$work/go"
	"$ailing" "$1" sh -c 'echo there; cat "$1"' sh "$work/go" >"$work/there" \
		2>"$work/ailing" &
	shift
	exec 3<"$work/there"
	if ! read -r _ <&3; then
		wait $!
		return 1
	fi
	least=$(of_host "$figure")
	look "$@"
	looked=$?
	most=$(of_host "$figure")
	if [ "$least" -gt "$most" ]; then
		swap=$least least=$most most=$swap
	fi
	: >"$work/go"
	wait $! && [ "$looked" -eq 0 ]
}

# $1: an ailment; $2: "raises" or "spares"; $3: a severity; $4: the place of its limit.
# Of $finding, with the place of its $figure in the line of TCP and what the ailment $adds.
judged_of_host()
{
	name="$1 $2 $finding on the host, $3"
	limit=$(awk -v place="$4" '{ print $place }' "/proc/sys/$limits")
	for _ in 1 2 3 4 5; do
		bar=$(($(of_host "$figure") + adds / 2))
		if ! beside "$1" "$finding" "$3" "$limit"; then
			result 1 "$name" "$(cat "$work/ailing" "$work/errors")"
			return
		fi
		if [ "$2" = raises ] && [ "$least" -gt "$bar" ]; then
			ok "$name" test -s "$work/row"
			return
		elif [ "$2" = spares ] && [ "$most" -lt "$bar" ]; then
			none "$name" cat "$work/row"
			return
		fi
	done
	skip "$name" "other programs of this host keep moving the figure across the bar"
}

# The figure is at place $figure; a share of the limit at place $1 is a warning, of that at $2
# critical; the rest looks like the ailment.
limit_of_host()
{
	if [ ! -e "/proc/sys/$limits" ]; then
		skip "$finding is raised" 'this is a network namespace: no limit is shown'
		return
	fi
	judged_of_host "$ailment" raises warning "$1"
	judged_of_host "$ailment" raises critical "$2"
	warning_place=$1
	shift 2
	for alike in "$@"; do
		judged_of_host "$alike" spares warning "$warning_place"
	done
	"$ailing" "$ailment" sh "$work/while" 0 >"$work/seen" 2>&1
	none "$finding is not raised where its limit is not known" \
		grep "\"name\":\"$finding\"" "$work/seen"
}

if "$ailing" close-wait true 2>"$work/errors"; then
	finding=orphans ailment=orphans adds=400 figure=5 limits=net/ipv4/tcp_max_orphans
	limit_of_host 1 1 orphans-held time-wait-many busy
	finding=tcp-memory ailment=tcp-memory adds=4096 figure=11 limits=net/ipv4/tcp_mem
	limit_of_host 2 3 tcp-memory-read busy
else
	skip 'orphans and tcp-memory are raised' "$(cat "$work/errors")"
fi

# Entries of connection tracking are counted in each namespace; the limit is the host's.
limit=$(cat /proc/sys/net/netfilter/nf_conntrack_max 2>/dev/null)
if [ -z "$limit" ]; then
	skip 'conntrack is raised' 'this kernel does not track connections'
else
	cat >"$work/tracked" <<'SCRIPT'
bar=$(awk -v of="$limit" 'BEGIN { printf "%.12f", 100 / of }')
sh "$work/check" --format jsonl --threshold "conntrack.warning=$bar" >"$work/rows"
sh "$work/check" --format jsonl --threshold conntrack.warning=0 \
	--threshold "conntrack.critical=$bar" >"$work/critical"
exit 0
SCRIPT
	export limit
	if output=$("$ailing" conntrack sh "$work/tracked" 2>&1); then
		ok 'conntrack raises conntrack' grep -q \
			"\"warning\",\"name\":\"conntrack\".*\"20[0-9] of $limit entries taken" \
			"$work/rows"
		ok 'conntrack raises conntrack, critical' grep -q \
			'"critical","name":"conntrack"' "$work/critical"
		"$ailing" conntrack-queue-full sh "$work/tracked" >/dev/null 2>&1
		none 'conntrack-queue-full raises no conntrack' \
			grep '"name":"conntrack"' "$work/rows"
		ok 'conntrack-queue-full: entries are counted' \
			grep -q '"name":"accept-queue-full"' "$work/rows"
		spares conntrack-busy conntrack
	else
		skip 'conntrack is raised' "$output"
	fi
fi

# What /proc/net does not tell is no comfort: the same ailments, seen without netlink, and
# what can be judged there.
cat >"$work/blind" <<'SCRIPT'
"$without_netlink" sh "$work/check" "$@" >"$work/text" 2>"$work/errors"
echo "status $?" >>"$work/text"
"$without_netlink" sh "$work/check" -j "$@" >"$work/json" 2>/dev/null
exit 0
SCRIPT
cat >"$work/told" <<'SCRIPT'
for _ in $(seq 100); do
	sh "$work/check" --format jsonl 2>/dev/null | grep '"name":"syn-sent-unanswered"' && exit 0
done
exit 1
SCRIPT
without_netlink=$(pwd)/tests/live/without_netlink
export without_netlink

# $1: an ailment; $2: findings that cannot be judged of it, as a pattern
blind()
{
	ailment=$1
	wanted=$2
	shift 2
	if ! output=$("$ailing" "$ailment" sh "$work/blind" "$@" 2>&1); then
		skip "$ailment is not judged without netlink" "$output"
		return
	fi
	grep -q '^CONNSTATE UNKNOWN - 0 findings; not judged: [0-9]* | findings=0;' "$work/text" &&
		grep -q '^status 3$' "$work/text" &&
		grep -q "^Not judged, as the source tells too little of sockets: $wanted.*(/proc/net" \
			"$work/text"
	result $? "$ailment is not judged without netlink" "$(cat "$work/text" "$work/errors")"
	ok "$ailment: the document says so" grep -q \
		"\"status\":\"UNKNOWN\",\"not_judged\":\"$wanted" "$work/json"
	ok "$ailment: and what was read" grep -q '"source":"procfs"}' "$work/json"
}

if "$without_netlink" true 2>"$work/errors"; then
	blind accept-queue-full accept-queue-full
	blind accept-queue-full accept-queue-full --samples 1
	blind close-wait close-wait --threshold fin-wait-2-held.age=3600
	blind unread not-reading
	blind half-open 'retransmission, half-open'
	"$ailing" fin-acknowledged unshare -n sh "$work/blind" 2>/dev/null
	ok 'where there is no socket there is nothing to know' grep -q '^CONNSTATE OK ' "$work/text"
	# timers are told
	if output=$("$ailing" syn-sent-unanswered "$without_netlink" sh "$work/told" 2>&1); then
		result 0 'what timers tell is raised without netlink'
	else
		result 1 'what timers tell is raised without netlink' "$output"
	fi
else
	skip 'findings without netlink' 'system calls cannot be filtered here'
fi

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
sh "$work/check" --names windows >"$work/windows"
sh "$work/check" --names windows --format csv >>"$work/windows"
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
	ok 'states have the names that were asked for' grep -q 'CLOSE_WAIT leak (ailing' \
		"$work/windows"
	ok 'in all texts' grep -q '10 idle sockets in CLOSE_WAIT' "$work/windows"
	none 'and no others' grep 'CLOSE-WAIT\|FIN-WAIT-2' "$work/windows"
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
