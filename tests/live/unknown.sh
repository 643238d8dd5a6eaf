#!/bin/sh
# What check and wait make of what cannot be known: no comfort where sockets may be missing
# in the count, and no doubt where none can be.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/lab.sh
. "${srcdir:-.}/tests/live/lab.sh"

as_nobody='setpriv --reuid 65534 --regid 65534 --clear-groups'

# judges STATUS PATTERN COMMAND...: one line on standard output, with that exit status
judges()
{
	wanted=$1
	pattern=$2
	shift 2
	"$@" >out 2>err
	got=$?
	[ "$got" -eq "$wanted" ] && [ "$(wc -l <out)" -eq 1 ] && grep -q "$pattern" out
	result $? "$who: $*" "$got: $(cat out err)"
}

# Only netlink tells these of a socket; the laboratory has sockets for each.
untold_columns()
{
	for filter in 'backlog_max > 0' 'cookie > 0' 'interface = lo' 'v6only = yes' \
		'shutdown = none' 'cgroup = /' 'dev lo' 'rto > 1ms'; do
		judges 3 'UNKNOWN - at least 0 .*/proc/net does not tell.*sockets=U' \
			"$connstate" check --no-netlink -c 0 "$filter"
		fails 1 "wait --none $filter" '/proc/net does not tell' \
			"$connstate" wait --none --no-netlink "$filter"
	done
	judges 2 'CRITICAL - at least [1-9]' "$connstate" check --no-netlink -c 0 'send_q > 0'
	fails 1 'wait says at its end what is not known' '/proc/net does not tell' \
		"$connstate" wait --timeout 0.1 --no-netlink 'backlog_max > 0'
}

told_columns()
{
	for filter in 'uid = 77' 'sport = :9' 'timer = keepalive and sport = :9' 'state bound'; do
		judges 0 'OK - 0 sockets' "$connstate" check -c 0 "sport = :9 and $filter"
	done
	judges 0 'OK - 0 sockets' "$connstate" check --no-netlink -c 0 'uid = 77'
	judges 0 'OK - 0 sockets' "$connstate" check --no-netlink -c 0 'sport = :9'
	judges 0 'OK - 0 sockets' "$connstate" check --no-netlink -c 0 'process = nobody-has-this'
	judges 0 'OK - 0 sockets' "$connstate" check --no-netlink -A raw -c 0 'rtt < 5ms'
	judges 0 'OK - [1-9]' "$connstate" check --no-netlink -tA raw -c 100000 'recv_q >= 0'
	judges 2 'CRITICAL - [1-9][0-9]* sockets' "$connstate" check -c 0 'cookie > 0'
	ok "$who: wait --none of what is told" \
		"$connstate" wait --none --no-netlink 'sport = :9'
	judges 3 'UNKNOWN - at least 0 .*no times' "$connstate" check -c 0 'age > 1h'
}

# Of others' sockets, as root's are to nobody.
hidden_owners()
{
	if [ "$who" != self ] || [ "$(id -u)" -ne 0 ] || ! command -v setpriv >setpriv.path; then
		skip "$who: owners that may not be looked at" 'needs root and setpriv'
		return
	fi
	judges 2 'CRITICAL - [1-9]' "$connstate" check -c 0 'process = statelab'
	judges 0 'OK - 0' "$connstate" check -c 0 'process = nobody-has-this'
	for filter in 'process = statelab' 'pid > 1' 'fd = 3' 'command ~ state' \
		'state last-ack and process = statelab'; do
		# shellcheck disable=SC2086 # words of a command line
		judges 3 'UNKNOWN - at least 0 .*owners of [1-9].*run as root.*sockets=U' \
			$as_nobody "$connstate" check -c 0 "$filter"
		# shellcheck disable=SC2086
		fails 1 "wait --none $filter" 'owners of [1-9]' \
			$as_nobody "$connstate" wait --none "$filter"
	done
	# shellcheck disable=SC2086
	judges 2 'CRITICAL - at least [1-9]' \
		$as_nobody "$connstate" check -c 0 'state time-wait or process = statelab'
	# shellcheck disable=SC2086 # all that is known not to be sshd's alarms, no more
	judges 3 'UNKNOWN - at least 0' \
		$as_nobody "$connstate" check -c 0 'state listen and not process = statelab'
	for filter in 'sport = :9 and process = statelab' 'sport = :9' 'user = root and sport = :9' \
		'state time-wait and process = statelab'; do
		# shellcheck disable=SC2086
		judges 0 'OK - 0 sockets' $as_nobody "$connstate" check -c 0 "$filter"
	done
	# shellcheck disable=SC2086
	ok "$who: wait for what is seen" $as_nobody "$connstate" wait 'state listen'
	# shellcheck disable=SC2086
	judges 3 'UNKNOWN - at least [1-9].*network namespaces.*run as root' \
		$as_nobody "$connstate" check --all-namespaces -c 5000000
	# shellcheck disable=SC2086
	judges 0 'OK - [1-9]' $as_nobody "$connstate" check -c 5000000
}

dumps()
{
	"$connstate" list -D whole
	judges 3 'UNKNOWN - at least 0 .*a dump does not tell' \
		"$connstate" check --from whole -c 0 'process = statelab'
	judges 0 'OK - 0' "$connstate" check --from whole -c 0 'sport = :9'
	head -c 5000 whole >part
	judges 3 'UNKNOWN - at least [1-9].*in the middle of a message' \
		"$connstate" check --from part -c 100000
	judges 2 'CRITICAL - at least [1-9]' "$connstate" check --from part -c 0
	fails 1 'wait --none does not trust half a dump' 'in the middle of a message' \
		"$connstate" wait --none --from part 'sport = :9'
}

# Nothing of this host is said of what was saved, and no finding in a part of it is no comfort.
findings_of_dumps()
{
	"$connstate" list -D calm -t state time-wait
	"$connstate" check --from calm -j >calm.json
	ok "$who: a dump that is whole and well is OK" grep -q '"status":"OK"' calm.json
	ok "$who: of when and where is not known" \
		grep -q '^{"schema":1,"time":null,"host":null,' calm.json
	head -c 300 calm >part
	judges 3 'UNKNOWN - 0 findings; .*in the middle of a message' \
		only_line "$connstate" check --from part
	"$connstate" check --from part -j >part.json 2>/dev/null
	result $(($? != 3)) "$who: the status of a part"
	ok "$who: so say the rows" grep -q '"status":"UNKNOWN"' part.json
	"$connstate" check --from whole >out
	ok "$who: a dump tells no settings" grep -q 'net.core.somaxconn = (not known here)' out
}

# only_line COMMAND...: what it says first, with its exit status
only_line()
{
	"$@" >all
	only_status=$?
	head -n 1 all
	return "$only_status"
}

inside()
{
	untold_columns
	told_columns
	hidden_owners
	dumps
	findings_of_dumps
}

lab_script unknown.sh
# shellcheck disable=SC2119 # no options: the laboratory as it is
lab_everyone
finish
