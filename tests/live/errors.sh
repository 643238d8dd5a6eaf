#!/bin/sh
# What goes wrong: the exit status, one line on standard error that begins with the
# program's name, nothing on standard output, and no death by a signal.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"

connstate=$(pwd)/connstate
without_netlink=$(pwd)/tests/live/without_netlink
work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-errors.XXXXXX") || exit 1
trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT
unset PROC_ROOT TCPDIAG_FILE

# judge NAME STATUS WANTED TEXT: after a run that left $work/out and $work/err.
judge()
{
	reason=
	if [ "$2" -ne "$3" ]; then
		reason="exit status $2, not $3"
	elif [ "$(wc -l <"$work/err")" -ne 1 ] || ! grep -q '^connstate: ' "$work/err"; then
		reason='not one line that begins with "connstate: "'
	elif ! grep -qF -e "$4" "$work/err"; then
		reason="does not say \"$4\""
	elif [ -s "$work/out" ]; then
		reason='something on standard output'
	fi
	[ -z "$reason" ]
	result $? "$1" "${reason:+$reason: $(head -n 5 "$work/err")}"
}

# complains STATUS TEXT COMMAND...
complains()
{
	wanted=$1
	text=$2
	shift 2
	"$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	name=$(echo "$*" | tr -cd '[:print:]' |
		sed "s|$work|.|g; s|$connstate|connstate|g; s|$(pwd)/||g")
	judge "$name: $text" "$status" "$wanted" "$text"
}

wrong_options()
{
	complains 2 "'--frobnicate'" "$connstate" --frobnicate
	complains 2 "'-Z'" "$connstate" -Z
	complains 2 "'-Z'" "$connstate" list -tanZ
	complains 2 'did you mean columns' "$connstate" list --colums state
	complains 2 'needs an argument' "$connstate" list --columns
	complains 2 'takes no argument' "$connstate" summary --exact=3
	complains 2 "is not an option of 'kill'" "$connstate" kill --interval 5
	complains 2 "is not an option of 'summary'" "$connstate" summary --columns state
	complains 2 "is not an option of 'explain'" "$connstate" explain -t
	complains 2 "'--list'" "$connstate" list --list
	complains 2 "'5x' is not a duration" "$connstate" record file --keep 5x
	complains 2 'less than a minute' "$connstate" record file --keep 2s
	complains 2 "'much' is not a size" "$connstate" record file --max-size much
	complains 2 'less than 1M' "$connstate" record file --max-size 100K
	complains 2 "is not an option of 'list'" "$connstate" list --keep 7d
	complains 2 'two commands: list and kill' "$connstate" list -K
	complains 2 'two commands: kill and list' "$connstate" -K list
	complains 2 'two commands: explain and summary' "$connstate" explain -s
	complains 3 'two commands: check and kill' "$connstate" check -K
	complains 2 'it does not go with --limit' "$connstate" list -D "$work/dump" --limit 3
}

wrong_names()
{
	complains 2 'did you mean process' "$connstate" list --columns state,procces
	complains 2 "unknown column 'qqqqqqqq'" "$connstate" list --columns qqqqqqqq
	complains 2 'unknown column' "$connstate" list --columns=-frobnicate
	complains 2 'is empty' "$connstate" list --columns ''
	complains 2 'did you mean local' "$connstate" list --sort loacl
	complains 2 'missing' "$connstate" list --sort ''
	complains 2 'at most 4' "$connstate" list --sort state,local,peer,uid,inode
	complains 2 'did you mean netstat' "$connstate" list --names netsat
	complains 2 'did you mean json' "$connstate" list --format jsno
	complains 2 'did you mean state' "$connstate" list --format '{stat}'
	complains 2 "a '}' is missing" "$connstate" list --format '{state'
	complains 2 'did you mean mono' "$connstate" top --theme mnoo
	complains 2 'did you mean CLOSE-WAIT' "$connstate" explain clsoe_wiat
	complains 2 "'frobnicate'" "$connstate" explain frobnicate
	complains 2 "''" "$connstate" explain ''
}

# Monitoring takes 2 for a critical alarm: whoever calls a check wrongly gets "unknown".
wrong_checks()
{
	complains 3 'is no range' "$connstate" check -w ten
	complains 3 "'--frobnicate'" "$connstate" check -c 1 --frobnicate
	complains 3 'did you mean netstat' "$connstate" check -c 1 --names netsat
	complains 3 'needs an argument' "$connstate" check -w
	complains 3 "'--frobnicate'" "$connstate" --frobnicate check
	complains 3 "'-Z'" "$connstate" -tZ check -c 1
	complains 2 "'--frobnicate'" "$connstate" --frobnicate list check
}

# A template names the columns of its command, and no others.
wrong_templates()
{
	complains 2 "unknown column 'peer'" "$connstate" summary --format '{state} {peer}'
	complains 2 "unknown column 'state'" "$connstate" summary --by peer --format '{state}'
	complains 2 "unknown column 'state'" "$connstate" list --group-by peer --format '{state}'
	complains 2 "unknown column 'state'" "$connstate" watch --format '{state}'
	complains 2 "unknown column 'process'" "$connstate" watch --format '{process}'
	complains 2 "unknown column 'count'" "$connstate" kill --format '{count}' state close-wait
	complains 2 'did you mean name' "$connstate" --list-columns --format '{naem}'
	complains 3 'did you mean status' "$connstate" check -w 1 --format '{state}'
	complains 2 'width' "$connstate" list --format '{state:x}'
	complains 2 'width' "$connstate" list --format '{state:99999999999}'
}

wrong_numbers()
{
	for number in 0 -1 x 1x '' 99999999999999999999; do
		complains 2 "'$number'" "$connstate" list "--limit=$number"
	done
	for number in 0 -1 nan 1h 1e9; do
		complains 2 "'$number'" "$connstate" top "--interval=$number"
	done
	complains 2 "'0'" "$connstate" top --cpu-limit 0
}

# The status of a plugin that cannot tell is 3, wrong usage on the command line 2.
waiting_and_checking()
{
	nobody='sport = :1 and dport = :1'
	complains 2 'A filter is missing' "$connstate" wait
	complains 2 "'x'" "$connstate" wait --timeout x "$nobody"
	complains 2 "'x'" "$connstate" wait --count x "$nobody"
	complains 1 '0 sockets match' "$connstate" wait --timeout 0.01 "$nobody"
	complains 3 "'5:1'" "$connstate" check -w 5:1 "$nobody"
	complains 3 'unknown threshold' "$connstate" check --threshold nothing=1 "$nobody"
	complains 3 'no source of sockets' env PROC_ROOT="$work/nothing" "$connstate" check \
		-w 1 "$nobody"
	complains 2 'cannot open' "$connstate" list -F "$work/nothing"
	: >"$work/out"
	"$connstate" check -w 1 "$nobody" >&- 2>"$work/err"
	judge 'connstate check >&-' $? 3 'cannot write'
}

# An error in a filter shows where it is: more than one line.
wrong_filters()
{
	for command in list summary watch 'wait --timeout 1'; do
		# shellcheck disable=SC2086 # words of a command line
		"$connstate" $command 'state established and dprot = :22' >"$work/out" \
			2>"$work/err" </dev/null
		status=$?
		[ "$status" -eq 2 ] && [ ! -s "$work/out" ] &&
			head -n 1 "$work/err" | grep -q '^connstate: ' &&
			grep -q '^ *\^\^\^\^\^$' "$work/err" && grep -q 'did you mean' "$work/err"
		result $? "a wrong filter for $command shows where it is wrong"
	done
}

# What an argument brings to the terminal is made harmless.
hostile_argument()
{
	complains 2 'frob' "$connstate" explain "frob$(printf '\033]0;owned\007\n\377')x"
	! LC_ALL=C grep -q "$(printf '[\001-\011\013-\037\177\377]')" "$work/err"
	result $? 'no control character of an argument reaches the terminal'
}

# The reader is gone before the first byte: it says so once its end is closed.
closed_pipe()
{
	: >"$work/out"
	mkfifo "$work/gate"
	for command in list 'list --format json' 'list --format csv' 'list --sort state' \
		summary 'summary -j' explain 'explain listen' --help --version --list-columns \
		--list-names; do
		# shellcheck disable=SC2086 # words of a command line
		{
			read -r _ <"$work/gate"
			"$connstate" $command 2>"$work/err"
			echo $? >"$work/status"
		} | {
			exec 0<&-
			echo gone >"$work/gate"
		}
		judge "connstate $command into a closed pipe" "$(cat "$work/status")" 1 'pipe'
	done
	rm "$work/gate"
}

unwritable_output()
{
	for command in list 'list -j' 'list --format csv' 'list --sort state' summary \
		'summary -j' explain 'explain listen' --help 'list --help' --version \
		--list-columns --list-formats --list-names; do
		# shellcheck disable=SC2086 # words of a command line
		if [ -c /dev/full ]; then
			: >"$work/out"
			"$connstate" $command >/dev/full 2>"$work/err"
			judge "connstate $command >/dev/full" $? 1 'cannot write'
		else
			skip "connstate $command >/dev/full" 'there is no /dev/full'
		fi
		# shellcheck disable=SC2086
		"$connstate" $command >&- 2>"$work/err"
		judge "connstate $command >&-" $? 1 'cannot write'
	done
	"$connstate" explain frobnicate >"$work/out" 2>&-
	[ $? -eq 2 ] && [ ! -s "$work/out" ]
	result $? 'without a standard error there is still a status, and a clean output'
	"$connstate" list -H <&- >"$work/out" 2>"$work/err" && [ ! -s "$work/err" ]
	result $? 'a standard input is not needed'
}

no_source()
{
	nothing=$work/nothing
	complains 1 "$nothing/net/tcp" env PROC_ROOT="$nothing" "$connstate" list
	complains 1 "$nothing/net/tcp" env PROC_ROOT="$nothing" "$connstate" list --sort local
	complains 1 "$nothing/net/tcp" env PROC_ROOT="$nothing" "$connstate" list -j
	complains 1 "$nothing/net/tcp" env PROC_ROOT="$nothing" "$connstate" summary
	mkdir -p "$work/proc/net"
	: >"$work/proc/net/tcp"
	chmod 000 "$work/proc/net/tcp"
	if [ "$(id -u)" -ne 0 ]; then
		complains 1 'Permission denied' env PROC_ROOT="$work/proc" "$connstate" list -t4
	elif command -v setpriv >/dev/null; then
		chmod 755 "$work"
		cp "$connstate" "$work/connstate"
		complains 1 'Permission denied' setpriv --reuid 65534 --regid 65534 \
			--clear-groups env PROC_ROOT="$work/proc" "$work/connstate" list -t4
	else
		skip 'tables that may not be read' 'root may read everything'
	fi
	"$without_netlink" true
	if [ $? -eq 77 ]; then
		skip 'neither netlink nor /proc' 'system calls cannot be filtered here'
		return
	fi
	complains 1 'no source of sockets' env PROC_ROOT="$nothing" "$without_netlink" \
		"$connstate" list
	complains 1 'no source of sockets' env PROC_ROOT="$nothing" "$without_netlink" \
		"$connstate" summary
	for command in 'list -tuH' 'summary --exact' 'summary -j' 'summary --by state' \
		'wait --none sport = 0' 'list -tH --sort state'; do
		# shellcheck disable=SC2086 # words of a command line
		"$without_netlink" "$connstate" $command >"$work/out" 2>"$work/err" &&
			[ "$(grep -c '/proc/net is read instead of netlink: ' "$work/err")" -eq 1 ] &&
			[ "$(wc -l <"$work/err")" -eq 1 ]
		result $? "connstate $command works without netlink, and says so once" \
			"$(cat "$work/err")"
		# shellcheck disable=SC2086
		none "connstate $command --no-netlink says nothing of what was asked for" \
			sh -c '"$@" 2>&1 >/dev/null' sh "$connstate" --no-netlink $command
	done
	complains 1 'does not tell of TCP sockets in BOUND' "$without_netlink" \
		"$connstate" list state bound
	complains 1 'does not tell of TCP sockets in BOUND' \
		"$connstate" list --no-netlink state bound
	complains 1 'does not tell of TCP sockets in BOUND' \
		"$connstate" summary --no-netlink state bound
	complains 3 'does not tell of TCP sockets in BOUND' \
		"$connstate" check --no-netlink -c 5 state bound
	uncounted
}

# What /proc/net does not tell is unknown in every format, and no alarm and no comfort.
uncounted()
{
	"$connstate" summary --no-netlink -tB >"$work/out" 2>"$work/err"
	ok 'the count of BOUND is unknown' grep -q '^tcp  *BOUND  *-  *-  *-$' "$work/out"
	ok 'so is the sum' grep -q '^tcp  *TOTAL  *-  *-  *-$' "$work/out"
	ok 'that is said' grep -q 'does not tell of TCP sockets in BOUND$' "$work/err"
	"$connstate" summary --no-netlink -tB --format csv >"$work/out" 2>/dev/null
	ok 'CSV has nothing there' grep -q '^tcp,BOUND,,,' "$work/out"
	"$connstate" summary --no-netlink -tB -j >"$work/out" 2>/dev/null
	ok 'JSON has null' grep -q '"state":"BOUND","count":null,"ipv4":null' "$work/out"
	ok 'and for the sum' grep -q '"tcp":null' "$work/out"
	"$connstate" summary -tB --no-netlink --interval 0.1 >"$work/out" 2>/dev/null
	ok 'so has summary --interval' grep -q '^tcp  *BOUND\(  *-\)*$' "$work/out"
	cat >"$work/one" <<-'END'
	  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
	   0: 017100CB:01BB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 71 1 0
	END
	PROC_NET_TCP=$work/one PROC_NET_TCP6=/dev/null "$connstate" summary -tB --by proto \
		--format tsv >"$work/out" 2>/dev/null
	ok 'so has summary --by' awk -F'\t' '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		$1 == "tcp" { exit !($(at["listen"]) == 1 && at["bound"] && $(at["bound"]) == "") }' \
		"$work/out"
	"$connstate" check --no-netlink -tB -w 1000000 >"$work/out" 2>/dev/null
	status=$?
	[ "$status" -eq 3 ] && grep -q '^CONNSTATE UNKNOWN - at least .*sockets=U;' "$work/out"
	result $? 'a count that may be too small is no OK' "$(cat "$work/out")"
	"$connstate" check --no-netlink -t -w 1000000 'rtt > 1s' >"$work/out" 2>/dev/null
	status=$?
	[ "$status" -eq 3 ] && grep -q '^CONNSTATE UNKNOWN .*sockets=U;' "$work/out"
	result $? 'nor is one by what is not told' "$(cat "$work/out")"
	"$connstate" check --no-netlink -A netlink,mptcp -c 0 >"$work/out" 2>/dev/null
	ok 'what was seen is enough for an alarm' test $? -eq 2
	"$connstate" check --no-netlink -t -w 1000000 >"$work/out" 2>/dev/null
	ok 'a count that is whole is OK' test $? -eq 0
}

# Garbage is no empty table.
no_table()
{
	complains 1 "'/bin/ls' is no table of sockets like /proc/net/tcp" \
		env PROC_NET_TCP=/bin/ls "$connstate" list -t4
	complains 1 "'/dev/zero' is no table of sockets like /proc/net/tcp" \
		env PROC_NET_TCP=/dev/zero "$connstate" summary -t4
	complains 1 "'/etc/passwd' is no table of sockets like /proc/net/udp6" \
		env PROC_NET_UDP6=/etc/passwd "$connstate" list -u6
	complains 3 "'/etc/passwd' is no table of sockets like /proc/net/unix" \
		env PROC_NET_UNIX=/etc/passwd "$connstate" check -x -w 5
	head -n 1 /proc/net/tcp >"$work/heading"
	PROC_NET_TCP=$work/heading "$connstate" list -t4H >"$work/out" 2>&1 &&
		[ ! -s "$work/out" ]
	result $? 'a heading alone is an empty table' "$(cat "$work/out")"
}

no_terminal()
{
	complains 1 'terminal' "$connstate" top
	complains 1 'terminal' env TERM=dumb "$connstate" top
	if ! command -v script >/dev/null; then
		skip 'top on a terminal that cannot move its cursor' 'there is no script(1)'
		return
	fi
	# The library's own leak where a terminal is unknown, for a build with sanitizers.
	echo 'leak:new_prescr' >"$work/suppressions"
	export LSAN_OPTIONS="suppressions=$work/suppressions:print_suppressions=0"
	for TERM in dumb no-such-terminal ''; do
		export TERM
		: >"$work/out"
		script -qec "$connstate top 2>$work/err" /dev/null </dev/null >"$work/screen"
		judge "top with TERM='$TERM'" $? 1 "try 'connstate list'"
		! grep -q "$(printf '\033')" "$work/screen"
		result $? "with TERM='$TERM' nothing is sent to the terminal"
	done
}

wrong_options
wrong_names
wrong_checks
wrong_templates
wrong_numbers
waiting_and_checking
wrong_filters
hostile_argument
closed_pipe
unwritable_output
no_source
no_table
no_terminal
finish
