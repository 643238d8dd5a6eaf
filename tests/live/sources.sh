#!/bin/sh
# Saved sources: dumps written by ss and by us, read by both, whole, cut and damaged;
# files in the place of /proc/net; other names in the place of real ones.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/lab.sh
. "${srcdir:-.}/tests/live/lab.sh"

rows_of_five()
{
	awk '{ print $1, $2, $3, $4, $5 }' | sort
}

read_what_ss_wrote()
{
	other() { ss -tanH | rows_of_five; }
	ours()
	{
		ss -tan -D dump
		$connstate list --from dump -H --names ss --columns state,recv_q,send_q,local,peer |
			rows_of_five
	}
	agree 'a dump of ss -D holds what ss shows'
	ours()
	{
		ss -tan -D dump
		TCPDIAG_FILE=dump $connstate -tnaH --names ss | rows_of_five
	}
	agree 'TCPDIAG_FILE names it as well'
	for arguments in -t4 -t6 -tl 'state established' 'state time-wait state close-wait' \
		'sport >= :1024 and dport < :40000' 'src 127.0.0.0/8' 'not dst [::1]' \
		'recv-q > 0 or send-q > 0' '-t4l'; do
		# shellcheck disable=SC2086 # words of a command line
		other() { $connstate list -tH --columns state,recv_q,send_q,local,peer \
			$arguments | rows_of_five; }
		# shellcheck disable=SC2086
		ours()
		{
			ss -tan -D dump
			$connstate list --from dump -tH \
				--columns state,recv_q,send_q,local,peer $arguments | rows_of_five
		}
		agree "list --from dump $arguments"
	done
	$connstate list --from dump -tH --sort -local_port,state >sorted
	awk '{ sub(/.*:/, "", $4); print $4 }' sorted >wanted
	sort -nr wanted >found
	same 'rows of a dump are sorted as asked for' wanted found
}

counts()
{
	$connstate -D both
	$connstate list --from both -H | awk '{ print $1, $2 }' | sort | uniq -c |
		awk '{ print $2, $3, $1 }' | sort >wanted
	$connstate summary --from both -H | awk '$3 && $2 != "TOTAL" { print $1, $2, $3 }' |
		sort >found
	same 'summary --from counts the sockets of the file' wanted found
	$connstate summary --from - -H <both | awk '$3 && $2 != "TOTAL" { print $1, $2, $3 }' |
		sort >found
	same 'summary --from - counts those of standard input' wanted found
	listeners=$($connstate list --from both -tlH | wc -l)
	$connstate check --from both -t -c "$listeners:$listeners" state listen >out
	result $? "$who: check --from judges the file" "$(cat out)"
	$connstate check --from both -t -c "$((listeners + 1)):" state listen >out
	[ $? -eq 2 ]
	result $? "$who: check --from is critical where the file is" "$(cat out)"
	ok "$who: wait --from is done at once" \
		"$connstate" wait --from both -t --count "$listeners" state listen
	fails 1 'wait --from does not wait for what will not come' 'not at least' \
		"$connstate" wait --from both -t --count "$((listeners + 1))" state listen
}

write_for_ss()
{
	other() { ss -tanH | rows_of_five; }
	ours()
	{
		$connstate -D ours
		TCPDIAG_FILE=ours ss -tanH | rows_of_five
	}
	agree 'ss reads what -D writes'
	ours() { $connstate --dump - | $connstate list --from - -tH --names ss | rows_of_five; }
	agree 'a dump goes through a pipe'
	for filter in 'state established' 'sport >= :1024 and dport < :40000' 'src 127.0.0.0/8'
	do
		# shellcheck disable=SC2086 # words of a filter
		other() { ss -tanH $filter | rows_of_five; }
		ours()
		{
			# shellcheck disable=SC2086
			$connstate -t -D ours $filter
			# shellcheck disable=SC2086
			TCPDIAG_FILE=ours ss -tanH $filter | rows_of_five >by-ss
			TCPDIAG_FILE=ours ss -tanH >all-of-it
			[ "$(wc -l <by-ss)" -eq "$(wc -l <all-of-it)" ] || cat all-of-it
			cat by-ss
		}
		agree "-D applies the filter $filter"
	done
	other() { $connstate list -uH | rows_of_five; }
	ours()
	{
		$connstate -u -D ours
		$connstate list -uH --from ours | rows_of_five
	}
	agree 'UDP is saved as well'
}

# Cut anywhere, a dump gives the rows before the cut and one line that says so.
cut_anywhere()
{
	$connstate -t4 -D small state listen
	$connstate list -H --from small >whole
	bytes=$(wc -c <small)
	wrong=
	at=0
	while [ "$at" -lt "$bytes" ]; do
		head -c "$at" small >piece
		$connstate list -H --from piece >rows 2>err
		status=$?
		head -n "$(wc -l <rows)" whole >before
		if [ "$status" -ne 1 ] || [ "$(wc -l <err)" -ne 1 ] || ! cmp -s rows before; then
			wrong="$wrong $at:$status"
		fi
		at=$((at + 7))
	done
	[ -s whole ] && [ -z "$wrong" ]
	result $? "$who: a dump that is cut off prints its rows and one line" "$wrong"
	fails 1 'summary of such a dump fails' "'piece' ends" "$connstate" summary --from piece
	fails 3 'check of such a dump is unknown' "'piece' ends" "$connstate" check -c 1: --from piece
	fails 1 'wait on such a dump fails' "'piece' ends" "$connstate" wait -l --from piece
}

# Any byte changed: the program ends in order, and says so where rows are missing.
changed_anywhere()
{
	bytes=$(wc -c <small)
	seed=12345
	wrong=
	for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 \
		30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50; do
		cp small changed
		for _ in 1 2 3; do
			seed=$(((seed * 1103515245 + 12345) % 2147483648))
			# shellcheck disable=SC2059 # the byte is the format
			printf "\\$(printf %03o $((seed / 65536 % 256)))" |
				dd of=changed bs=1 seek=$((seed / 16 % bytes)) conv=notrunc 2>/dev/null
		done
		$connstate list --columns all --format json --from changed >out 2>err
		case $?,$(wc -l <err) in
		0,0 | 1,1) ;;
		*) wrong="$wrong $round" ;;
		esac
	done
	[ -z "$wrong" ]
	result $? "$who: a dump with changed bytes is read or refused" "$wrong"
}

refusals()
{
	echo 'this is no dump' >text
	fails 1 'a text is no dump' "'text' is no dump" "$connstate" list --from text
	: >empty
	fails 1 'nor is an empty file' "'empty' is empty" "$connstate" list --from empty
	fails 1 'a missing file is named' "'missing'" "$connstate" list --from missing
	fails 1 'a folder cannot be read' "'.'" "$connstate" list --from .
	fails 2 'kill knows no --from' 'not an option' "$connstate" kill --from both
	fails 2 'kill refuses TCPDIAG_FILE' TCPDIAG_FILE \
		env TCPDIAG_FILE=both "$connstate" kill sport = :1
	fails 2 'watch takes a recording only' 'is no recording' "$connstate" watch --from both
	fails 2 'watch refuses a dump in TCPDIAG_FILE' 'is no recording' \
		env TCPDIAG_FILE=both "$connstate" watch
	fails 2 'the live view needs its keys' 'standard input' "$connstate" top --from -
	fails 2 '--from has no namespaces' 'namespace' \
		"$connstate" list --from both --all-namespaces
	fails 2 '-D does not copy files' 'does not go with --from' \
		"$connstate" -D copy --from both
	fails 2 '-D is about sockets alone' 'processes' "$connstate" -D copy process = x
	[ ! -e copy ]
	result $? "$who: a refused -D leaves no file"
	fails 1 '-D to a full disk fails' 'cannot write' "$connstate" -D /dev/full
	$connstate list --from both -tHp --columns process | sort -u >found
	echo '(not in the file)' >wanted
	same 'processes of this host are none of the file' wanted found
}

# ss reads these files as well; /proc/net/tcp is copied as long as it changes.
proc_net_files()
{
	for table in tcp tcp6 udp udp6; do
		cat "/proc/net/$table" >"proc.$table"
	done
	# ss takes the backlog, which is not in there, for 0
	PROC_NET_TCP=proc.tcp PROC_NET_TCP6=proc.tcp6 ss -tanH | rows_of_five |
		sed -e 's/\[::\]:/*:/g' -e 's/^\(LISTEN [0-9]*\) 0 /\1 - /' | sort >wanted
	PROC_NET_TCP=proc.tcp PROC_NET_TCP6=proc.tcp6 $connstate -tanH --names ss |
		sed 's/\[::\]:/*:/g' | rows_of_five >found
	same 'PROC_NET_TCP and PROC_NET_TCP6 are those of ss' wanted found
	head -n 3 proc.udp >few
	PROC_NET_UDP=few PROC_NET_UDP6=/dev/null $connstate list -uH >found
	[ "$(wc -l <found)" -eq 2 ]
	result $? "$who: PROC_NET_UDP is read instead of the kernel" "$(cat found)"
	fails 1 'a file that is missing is named' "'missing'" \
		env PROC_NET_TCP=missing "$connstate" list -t
	mkdir -p root/net
	for table in tcp tcp6 udp udp6; do
		cp proc.$table root/net/$table
	done
	PROC_ROOT=root $connstate list -tH | rows_of_five >found
	PROC_NET_TCP=proc.tcp PROC_NET_TCP6=proc.tcp6 $connstate list -tH | rows_of_five >wanted
	same 'PROC_ROOT holds such files' wanted found
}

anonymous()
{
	# Addresses of a network that is nobody's; those of loopback stay what they are.
	mkdir -p anonymous/net
	cat >anonymous/net/tcp <<'END'
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 017100CB:01BB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 71 1 0 100 0 0 10 0
   1: 017100CB:01BB 0A3364C6:C350 01 00000000:00000000 00:00000000 00000000     0        0 72 1 0 100 0 0 10 0
   2: 017100CB:01BB 0B3364C6:C351 01 00000000:00000000 00:00000000 00000000     0        0 73 1 0 100 0 0 10 0
END
	sed -n 1p anonymous/net/tcp >anonymous/net/tcp6
	PROC_ROOT=anonymous CONNSTATE_ANONYMIZE_KEY=one $connstate list -tH --anonymize >first
	PROC_ROOT=anonymous CONNSTATE_ANONYMIZE_KEY=one $connstate list -tH --anonymize >second
	PROC_ROOT=anonymous CONNSTATE_ANONYMIZE_KEY=two $connstate list -tH --anonymize >third
	same 'the same key gives the same other addresses' first second
	! cmp -s first third
	result $? "$who: another key gives others" "$(cat first)"
	! grep -qE '203\.0\.113|198\.51\.100' first
	result $? "$who: --anonymize leaves no address" "$(cat first)"
	awk '{ print $4 }' first | sort -u | wc -l >found
	echo 1 >wanted
	same 'one address becomes one other' wanted found
	awk '{ sub(/\.[0-9]*:[0-9]*$/, "", $5); if (NR > 1) print $5 }' first | sort -u | wc -l >found
	same 'two of one network stay in one network' wanted found
	awk '{ sub(/.*:/, "", $5); print $5 }' first | sort >found
	printf '*\n50000\n50001\n' | sort >wanted
	same 'ports stay' wanted found
	PROC_ROOT=anonymous $connstate list -tH --anonymize >first
	PROC_ROOT=anonymous $connstate list -tH --anonymize >second
	! cmp -s first second
	result $? "$who: without a key it is random"
	$connstate list -tp -j --anonymize --columns +command_line,user >first
	! grep -q "statelab\|\"$(uname -n)\"" first && grep -q 'process-' first &&
		grep -q 'host-' first
	result $? "$who: --anonymize leaves no names" "$(head -c 400 first)"
}

anonymous_dump()
{
	if ! ip address add 203.0.113.1/32 dev lo 2>/dev/null; then
		skip "$who: -D --anonymize" 'an address cannot be added here'
		return
	fi
	python=$(lab_python)
	if [ -z "$python" ]; then
		skip "$who: -D --anonymize" 'there is no python3'
		return
	fi
	"$python" -c '
import socket, sys
s = socket.socket()
s.bind(("203.0.113.1", 0))
s.listen()
c = socket.create_connection(s.getsockname())
print(s.getsockname()[1], flush=True)
sys.stdin.read()' <hold >port &
	helper=$!
	exec 9>hold
	until [ -s port ]; do
		$connstate wait -t --timeout 0.1 src 203.0.113.1 2>/dev/null
	done
	port=$(cat port)
	CONNSTATE_ANONYMIZE_KEY=one $connstate -t --anonymize -D other "( sport = :$port or dport = :$port )"
	CONNSTATE_ANONYMIZE_KEY=one $connstate list -tH --anonymize \
		"( sport = :$port or dport = :$port )" | rows_of_five >wanted
	$connstate list -tH --from other | rows_of_five >found
	same '-D --anonymize saves what list --anonymize shows' wanted found
	TCPDIAG_FILE=other ss -tanH | grep -c "203.0.113" >found
	echo 0 >wanted
	same '-D --anonymize leaves no address' wanted found
	exec 9>&-
	wait $helper
}

inside()
{
	if ! command -v ss >/dev/null; then
		skip "$who: everything" 'there is no ss'
		return
	fi
	mkfifo hold
	read_what_ss_wrote
	counts
	write_for_ss
	cut_anywhere
	changed_anywhere
	refusals
	proc_net_files
	anonymous
	anonymous_dump
}

lab_script sources.sh
lab_everyone --count 2
finish
