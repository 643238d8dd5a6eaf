#!/bin/sh
# What people type for ss, netstat and lsof gives the same sockets here: filters,
# owners, the usual pipelines; with the kernel's help and without.
#
# "autobound" is compared with ss alone: the kernel says it of accepted connections too,
# ss and we then look at the port as well, and without the kernel there is only the port.
#
# shellcheck disable=SC2317 # the laboratory calls inside()
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/lab.sh
. "${srcdir:-.}/tests/live/lab.sh"

# Filters that ss and this program have in common, one a line.  P is the port of a
# listener, C that of one of its clients, Q one that nobody has.
common_filters()
{
	cat <<END
sport = :$P
dport = :$P
sport = :$Q
( dport = :$P or sport = :$P )
sport != :$P
sport eq :$P
sport ne :$P and dport neq :$P
sport gt :$P
sport > :$P and sport < :$C
sport ge :$P and sport le :$C
sport >= :$P and not sport <= :$P
not sport = :$P
! dport = :$P
not ( sport = :$P or dport = :$P )
src 127.0.0.1
dst 127.0.0.1
src 127.0.0.0/8
src 127.0.0.0/30 and not src 127.0.0.1
dst 127.0.0.1:$P
dst = 127.0.0.1:$P
src 127.0.0.1:$P and dst 127.0.0.1:$C
src [::1]
dst [::1]:$V
src ::/1
src [::ffff:127.0.0.1]
src 0.0.0.0
src 127.0.0.1 or src [::1]
src :$P
dst *:$P
src inet6:[::1]
dev lo
dev != lo
sport = :$P & dport > :1
sport = :$P && dport > :1 || dport = :$V
sport = :$P | dport = :$P
sport = :$P dport = :$C
END
}

state_filters()
{
	for name in established syn-sent syn-recv fin-wait-1 fin-wait-2 time-wait close-wait \
		last-ack listening closing connected synchronized bucket big all; do
		echo "state $name"
	done
	cat <<END
state established state close-wait
exclude listening
exclude listening exclude time-wait
exclude established
state connected exclude established
state established sport = :$P
state close-wait ( sport = :$P or sport = :$V )
state big not dport = :$P
END
}

# Ports of the laboratory's own choice.
choose_ports()
{
	P=$(awk -F'\t' '$1 == "tcp" && $2 == 4 && $3 == "CLOSE-WAIT" { sub(/.*:/, "", $4)
		print $4; exit }' "$STATELAB_EXPECT")
	C=$(awk -F'\t' -v end=":$P" '$1 == "tcp" && $2 == 4 && $3 == "ESTABLISHED" &&
		substr($5, length($5) - length(end) + 1) == end { sub(/.*:/, "", $4); last = $4 }
		END { print last }' "$STATELAB_EXPECT")
	V=$(awk -F'\t' '$1 == "tcp" && $4 ~ /^\[::1]/ && $3 == "CLOSE-WAIT" { sub(/.*:/, "", $4)
		print $4; exit }' "$STATELAB_EXPECT")
	Q=9
	[ "${P:-0}" -gt 0 ] && [ "${C:-0}" -gt "$P" ] && [ "${V:-0}" -gt 0 ]
	result $? "$who: there are ports to ask for: $P $C $V"
}

# Quoted as one word, as several, and without the help of the kernel: a condition on a
# queue is not for the kernel, and nothing beside it in an "or" is.
filter_is_that_of_ss()
{
	filter=$1
	# ss leaves the state out where one was asked for.
	# shellcheck disable=SC2086 # words of a command line
	other()
	{
		set -f
		ss -tuanH $filter | awk '$2 ~ /^[A-Z]/ { $2 = "" } { $1 = $1; print }' |
			words 1,2,3,4,5
		set +f
	}
	ours() { $connstate -tuanH "$filter" | words 1,3,4,5,6; }
	agree_or_nothing "$filter: the sockets of ss"
	[ -s wanted ] || empty=$((empty + 1))
	other() { $connstate -tuanH "$filter" | words 1,2,3,4,5,6; }
	# shellcheck disable=SC2086
	ours() { set -f; $connstate -tuanH $filter | words 1,2,3,4,5,6; set +f; }
	agree_or_nothing "$filter: the same in several words"
	ours() { $connstate -tuanH "($filter) or recv-q > 4294967295" | words 1,2,3,4,5,6; }
	agree_or_nothing "$filter: the same without the kernel"
}

filters()
{
	if ! command -v ss >/dev/null; then
		skip "$who: filters of ss" 'there is no ss'
		return
	fi
	empty=0
	common_filters >filters
	state_filters >>filters
	if [ "$who" = nobody ]; then
		# Privileges matter to few: every fourth tells.
		awk 'NR % 4 == 1' filters >some && mv some filters
	fi
	while IFS= read -r filter; do
		filter_is_that_of_ss "$filter"
	done <filters
	for filter in autobound 'not autobound'; do
		# shellcheck disable=SC2086 # words of a command line
		other() { ss -tuanH $filter | words 1,2,3,4,5,6; }
		ours() { $connstate -tuanH --names ss "$filter" | words 1,2,3,4,5,6; }
		agree_or_nothing "$filter: the sockets of ss"
	done
	[ "$empty" -le 6 ]
	result $? "$who: most of these filters find something"
}

# Evaluated on /proc/net, which knows no interfaces.
filters_without_netlink()
{
	common_filters | grep -v dev >filters
	state_filters >>filters
	: >difference
	while IFS= read -r filter; do
		$connstate list -tuH --columns proto,state,local,peer "$filter" 2>&1 |
			sed 's/%lo:/:/; s/\[::\]:/*:/g' | words 1,2,3,4 >wanted
		$connstate list -tuH --no-netlink --columns proto,state,local,peer "$filter" 2>&1 |
			sed 's/\[::\]:/*:/g' | words 1,2,3,4 >found
		cmp -s wanted found || echo "$filter" >>difference
	done <filters
	[ ! -s difference ]
	result $? "$who: filters give the same of /proc/net" "$(cat difference)"
}

# Ways to write one condition that ss does not have.
own_spellings()
{
	other() { $connstate -tanH "( dport = :$P or sport != :$P ) state connected" |
		words 1,2,3,4,5; }
	ours() { $connstate -tanH '(' dport = ":$P" or sport '!=' ":$P" ')' state connected |
		words 1,2,3,4,5; }
	agree 'a filter in several words'
	while IFS='|' read -r wanted_filter found_filter; do
		other() { $connstate list -tuH "$wanted_filter" | words 1,2,3,4,5,6; }
		ours() { $connstate list -tuH "$found_filter" | words 1,2,3,4,5,6; }
		agree "$found_filter is $wanted_filter"
	done <<END
sport = :$P|sport=:$P
sport = :$P|(sport=:$P)
sport = :$P|local-port = $P
dport = :$P|peer_port=$P
state close-wait|state CLOSE_WAIT
state close-wait|close-wait
state close-wait|state = ClosWt
state close-wait|recv-q >= 0 and state 08
state established sport = :$P|sport = :$P and state established
state established sport = :$P|sport = :$P and (state ESTAB)
state close-wait state last-ack|state in (close-wait, last-ack)
exclude listening|not state listen
sport = :$P or sport = :$V|sport in ($P, $V)
dst 127.0.0.0/8|peer-address = 127.0.0.0/8
not dport = :$P|dport != $P
dst [::1]|dst ::1
END
}

# Rows as "LOCAL PEER PIDS": ss's users:(("x",pid=1,fd=3)), our x[1], a reason is "-".
ss_owners()
{
	awk -v local="$1" '{
		pids = ""
		rest = $0
		while (match(rest, /pid=[0-9]+/)) {
			pid = substr(rest, RSTART + 4, RLENGTH - 4)
			rest = substr(rest, RSTART + RLENGTH)
			if (!((NR, pid) in seen)) pids = pids " " pid
			seen[NR, pid]
		}
		print $local, $(local + 1), pids == "" ? "-" : pids
	}' | tr -s ' ' | sort
}

our_owners()
{
	awk '{
		pids = ""
		rest = $0
		sub(/^[^ ]+ +[^ ]+ +/, "", rest)
		if (rest !~ /^\(/)
			while (match(rest, /\[[0-9]+\]/)) {
				pids = pids " " substr(rest, RSTART + 1, RLENGTH - 2)
				rest = substr(rest, RSTART + RLENGTH)
			}
		print $1, $2, pids == "" ? "-" : pids
	}' | tr -s ' ' | sort
}

owners()
{
	if ! command -v ss >/dev/null; then
		skip "$who: owners" 'there is no ss'
		return
	fi
	for letters in tlnp tanp ulpn; do
		other() { ss -${letters}H | ss_owners 4; }
		ours() { $connstate -${letters}H --columns local,peer,process | our_owners; }
		agree "-$letters: the owners of ss"
	done
	other() { ss -tulpnH | ss_owners 5; }
	ours() { $connstate -tulpnH --columns local,peer,process | our_owners; }
	agree '-tulpn: the owners of ss'
	other() { ss -tanpH "sport = :$P" | ss_owners 4; }
	ours() { $connstate -tanpH --columns local,peer,process "sport = :$P" | our_owners; }
	agree '-tanp sport = ...: the owners of ss'
	ss -tanpH | grep -c "pid=$STATELAB_PID," >wanted
	$connstate -tanH "pid = $STATELAB_PID and inode > 0" | wc -l | tr -d ' ' >found
	same 'pid = N finds what the process holds' wanted found
	$connstate -tanH --columns local,peer "process ~ '^statelab'" | words 1,2 >wanted
	$connstate -tanH --columns local,peer "command = statelab" | words 1,2 >found
	same 'command = NAME finds what the process holds, or has left' wanted found
}

no_owner_has_a_reason()
{
	$connstate -tanpH --columns state,inode,process | awk '$2 == "-" && $3 !~ /^\(/' >found
	[ ! -s found ]
	result $? "$who: sockets without a descriptor say why nobody holds them" "$(cat found)"
	$connstate -tanpH --columns process "state syn-recv and inode = 0 or state syn-recv" |
		grep -c "^(half-open, for the listener of statelab\\[$STATELAB_PID\\])" >found
	[ "$(cat found)" -gt 0 ]
	result $? "$who: a half-open connection names the listener's process"
}

by_netstat()
{
	if ! command -v netstat >/dev/null; then
		skip "$who: netstat -tulpn" 'there is no netstat'
		return
	fi
	# "pid/program" is the last word but for programs with blanks in their names.
	other()
	{
		netstat -tulpnW 2>/dev/null | awk '/^(tcp|udp)/ {
			sub(/6$/, "", $1)
			owner = $1 == "tcp" ? $7 : $6
			sub(/\/.*/, "", owner)
			print $1, $4, $5, owner
		}' | sort
	}
	ours()
	{
		$connstate -tulpnH --columns proto,local,peer,pid |
			sed 's/\[::ffff:\([0-9.]*\)\]/\1/g; s/%lo:/:/; s/ \*:/ :::/g;
				s/\[\([0-9a-f:]*\)\]/\1/g' | words 1,2,3,4
	}
	agree '-tulpn: the sockets and processes of netstat'
}

by_lsof()
{
	if ! command -v lsof >/dev/null; then
		skip "$who: lsof -i" 'there is no lsof'
		return
	fi
	other() { lsof -t -i ":$P" 2>/dev/null | sort -u; }
	ours()
	{
		$connstate list -H --columns pid "sport = :$P or dport = :$P" | grep -v -- - |
			tr -d ' ' | sort -u
	}
	agree 'lsof -t -i :PORT'
}

pipelines()
{
	if ! command -v ss >/dev/null; then
		skip "$who: pipelines" 'there is no ss'
		return
	fi
	other() { ss -Htn state time-wait | wc -l; }
	ours() { $connstate -Htn state time-wait | wc -l; }
	agree 'connstate -Htn state time-wait | wc -l'
	other() { ss -tlnp | grep ":$P " | awk '{ print $4 }'; }
	ours() { $connstate -tlnp | grep ":$P " | awk '{ print $4 }'; }
	agree 'connstate -tlnp | grep :PORT'
	other()
	{
		ss -Htan | awk '{ print $5 }' | sed 's/:[^:]*$//' | sort | uniq -c | sort -nr |
			head -n 3
	}
	ours()
	{
		$connstate -Htan | awk '{ print $5 }' | sed 's/:[^:]*$//' | sort | uniq -c |
			sort -nr | head -n 3
	}
	agree 'connstate -Htan | awk ... | uniq -c | sort -nr | head'
	# As above: there is no column of states.
	other() { ss -Hton state fin-wait-2 | awk '{ print $3, $4 }' | sort; }
	ours() { $connstate -Hton state fin-wait-2 | awk '{ print $4, $5 }' | sort; }
	agree 'connstate -Hton state fin-wait-2'
}

inside()
{
	choose_ports
	filters
	filters_without_netlink
	own_spellings
	owners
	no_owner_has_a_reason
	by_netstat
	by_lsof
	pipelines
}

lab_script idioms.sh
lab_everyone --count 2
finish
