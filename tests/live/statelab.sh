#!/bin/sh
# The laboratory itself, seen by two witnesses that share no code with it: ss and
# /proc/net/tcp.  As root everything is tried a second time without privileges.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"

statelab=$(pwd)/tests/live/statelab
work=$(mktemp -d "${TMPDIR:-/tmp}/statelab-test.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

# The roster without what a witness cannot see, in the witness's words: ss
# writes ESTAB, SYN-RECV and UNCONN, and a socket on :: that takes both families,
# or is bound to a mapped address, has "*" for its peer.
cat >"$work/by-ss.sh" <<'SCRIPT'
awk -F'\t' '
	$3 == "BOUND" { next }
	{
		state = $3
		if (state == "ESTABLISHED") state = "ESTAB"
		if (state == "SYN-RECEIVED") state = "SYN-RECV"
		if (state == "CLOSED") state = "UNCONN"
		print $1, state, $4, $5
	}' "$STATELAB_EXPECT" | sed 's/\[::\]:/*:/g' | sort >"$1/wanted"
{
	ss -tanH | sed 's/^/tcp /'
	ss -uanH | sed 's/^/udp /'
} | awk '{ print $1, $2, $5, $6 }' | sed 's/%lo:/:/; s/\[::\]:/*:/g' | sort >"$1/found"
diff "$1/wanted" "$1/found" >"$1/difference"
SCRIPT

cat >"$work/by-proc.sh" <<'SCRIPT'
awk -F'\t' '
	BEGIN {
		split("ESTABLISHED SYN-SENT SYN-RECEIVED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT " \
		      "CLOSED CLOSE-WAIT LAST-ACK LISTEN CLOSING", names, " ")
		for (i in names) hex[names[i]] = sprintf("%02X", i)
	}
	$3 != "BOUND" { print $1 ($2 == 6 ? "6" : ""), hex[$3], $4 }' "$STATELAB_COUNTS" |
	sort >"$1/wanted"
for table in tcp tcp6 udp udp6; do
	awk -v table="$table" 'FNR > 1 { count[$4]++ }
		END { for (state in count) print table, state, count[state] }' "/proc/net/$table"
done | sort >"$1/found"
diff "$1/wanted" "$1/found" >"$1/difference"
SCRIPT

cat >"$work/every-state.sh" <<'SCRIPT'
for state in ESTABLISHED SYN-SENT SYN-RECEIVED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT \
	CLOSE-WAIT LAST-ACK LISTEN CLOSING; do
	for family in 4 6; do
		grep -q "^tcp	$family	$state	" "$STATELAB_COUNTS" || echo "$family $state"
	done
done >"$1/difference"
[ ! -s "$1/difference" ]
SCRIPT

# Goes on when 100 connections have been opened, however long that takes.
cat >"$work/churned.sh" <<'SCRIPT'
opened()
{
	awk '/^Tcp:/ && seen++ { print $6 }' /proc/net/snmp
}
before=$(opened)
deadline=$(($(date +%s) + 60))
while [ "$(($(opened) - before))" -lt 100 ]; do
	[ "$(date +%s)" -lt "$deadline" ] || exit 1
done
SCRIPT

# The rest as the user that runs it, and then through setpriv as nobody: the
# program is copied to where that user can read it.
run_all() # WHO PREFIX...
{
	who=$1
	shift
	"$@" "$work/statelab" --counts >"$work/counts" 2>"$work/error"
	status=$?
	if [ "$status" -eq 77 ]; then
		reason=$(head -n 1 "$work/error")
		for name in ss proc state churn status; do
			skip "$who: $name" "$reason"
		done
		return
	fi
	if command -v ss >/dev/null; then
		"$@" "$work/statelab" --count 3 -- sh "$work/by-ss.sh" "$work/$who"
		result $? "$who: ss shows every socket that was promised, and no other" \
			"$(cat "$work/$who/difference")"
	else
		skip "$who: ss shows every socket that was promised" "there is no ss"
	fi
	"$@" "$work/statelab" --count 2 -- sh "$work/by-proc.sh" "$work/$who"
	result $? "$who: /proc/net counts what was promised" "$(cat "$work/$who/difference")"

	if [ -e /proc/net/tcp6 ]; then
		"$@" "$work/statelab" --only-tcp -- sh "$work/every-state.sh" "$work/$who"
		result $? "$who: every state is there in both families" \
			"$(cat "$work/$who/difference")"
	else
		skip "$who: every state is there in both families" "there is no IPv6"
	fi
	"$@" "$work/statelab" --count 0 --churn 2000 -- sh "$work/churned.sh" 2>"$work/error"
	status=$?
	[ "$status" -eq 0 ] && awk '/churn:/ && $3 >= 100 { found = 1 }
		END { exit !found }' "$work/error"
	result $? "$who: churn opens connections and says how many" "$(cat "$work/error")"

	"$@" "$work/statelab" --count 0 -- sh -c 'exit 7'
	[ $? -eq 7 ]
	result $? "$who: the exit status is the command's"
}

cp "$statelab" "$work/statelab" || exit 1
chmod 755 "$work"
mkdir -m 777 "$work/self" "$work/nobody"
plan 10
run_all self env
if [ "$(id -u)" -ne 0 ]; then
	for name in ss proc state churn status; do
		skip "nobody: $name" "not root: the first half was without privileges"
	done
elif ! command -v setpriv >/dev/null; then
	for name in ss proc state churn status; do
		skip "nobody: $name" "there is no setpriv"
	done
else
	run_all nobody setpriv --reuid 65534 --regid 65534 --clear-groups
fi
